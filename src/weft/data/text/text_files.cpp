#include "weft/data/text/text_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>

#include "weft/base/check.h"
#include "weft/base/path_pattern.h"
#include "weft/base/plural.h"
#include "weft/data/text/token_file.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// Files of a folder of text that are not read.
struct PassedOver {
  int64_t binary = 0, hidden = 0, dangling = 0, repeated = 0, special = 0;
  fs::path first;

  void add(int64_t PassedOver::*why, const fs::path& path) {
    if (count() == 0) first = path;
    ++(this->*why);
  }
  int64_t count() const { return binary + hidden + dangling + repeated + special; }
  /// "2 files in ROOT left out, such as a/x.bin: 1 with …, 1 …".
  std::string text(const fs::path& root) const {
    std::string all;
    const auto add = [&](int64_t of_kind, const char* what) {
      if (of_kind > 0) all += fmt::format("{}{} {}", all.empty() ? "" : ", ", of_kind, what);
    };
    add(binary, "with a zero byte (binary, or UTF-16)");
    add(hidden, "whose name begins with a dot");
    add(dangling, "behind a link that leads nowhere");
    add(repeated, "read already by another name");
    add(special, "special (device, pipe or socket)");
    return fmt::format("{} in {} left out, {}{}: {}", plural(count(), "file"), root.string(),
                       count() == 1 ? "" : "such as ", first.string(), all);
  }
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open(const fs::path& path, const std::string& key) {
  File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) user_error("{}: {} cannot be read: {}", key, path.string(), std::strerror(errno));
  return file;
}

bool has_zero_byte(const fs::path& path, const std::string& key) {
  const File file = open(path, key);
  std::array<char, 65536> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) {
    if (std::memchr(piece.data(), '\0', count) != nullptr) return true;
  }
  if (std::ferror(file.get()) != 0) {
    user_error("{}: {} cannot be read: {}", key, path.string(), std::strerror(errno));
  }
  return false;
}

bool is_binary(const fs::path& path, const std::string& key) {
  return !is_token_file(path) && has_zero_byte(path, key);
}

/// The files of a folder tree that are neither hidden nor special, in the order of their paths.
class FolderWalk {
 public:
  FolderWalk(const fs::path& root, std::string key, PassedOver& left_out)
      : root_(root), key_(std::move(key)), left_out_(left_out) {
    std::error_code error;
    real_root_ = fs::canonical(root_, error);
    walk(root_);
  }
  const std::vector<fs::path>& files() const { return files_; }

 private:
  void walk(const fs::path& folder) {
    for (const fs::path& path : sorted_entries(folder)) {
      std::error_code error;
      const fs::file_status status = fs::status(path, error);
      if (path.filename().string().starts_with('.')) {
        left_out_.add(&PassedOver::hidden, path);
      } else if (fs::is_directory(status)) {
        if (!fs::is_symlink(path, error) || leads_to_more(path)) walk(path);
      } else if (fs::is_regular_file(status)) {
        files_.push_back(path);
      } else {
        left_out_.add(fs::exists(status) ? &PassedOver::special : &PassedOver::dangling, path);
      }
    }
  }

  std::vector<fs::path> sorted_entries(const fs::path& folder) const {
    std::vector<fs::path> entries;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(at->path());
    if (error) user_error("{}: {} cannot be read: {}", key_, folder.string(), error.message());
    std::ranges::sort(entries);
    return entries;
  }

  /// Of a link to a folder: not where the folder is below the root, and is walked anyway, or has the root in
  /// it, or was walked before.
  bool leads_to_more(const fs::path& link) {
    std::error_code error;
    const fs::path target = fs::canonical(link, error);
    const auto [root_end, target_end] = std::ranges::mismatch(real_root_, target);
    const bool is_own = root_end == real_root_.end() || target_end == target.end();
    return !error && !is_own && linked_.insert(target).second;
  }

  fs::path root_, real_root_;
  std::string key_;
  PassedOver& left_out_;
  std::set<fs::path> linked_;  ///< folders that links have led to
  std::vector<fs::path> files_;
};

/// Those of `files` that are text. `left_out` has what was left out before.
TextFiles text_among(const std::vector<fs::path>& files, const fs::path& root, const std::string& key,
                     PassedOver left_out) {
  TextFiles found{root, key, {}, {}};
  std::set<fs::path> seen;
  for (const fs::path& file : files) {
    std::error_code error;
    if (!seen.insert(fs::canonical(file, error)).second) {
      left_out.add(&PassedOver::repeated, file);
    } else if (is_binary(file, key)) {
      left_out.add(&PassedOver::binary, file);
    } else {
      found.paths.push_back(file);
    }
  }
  if (left_out.binary > std::ssize(found.paths)) {
    user_error("{}: {} of {} files in {} have a zero byte and are taken for binary, expected text in most",
               key, left_out.binary, left_out.binary + std::ssize(found.paths), root.string());
  }
  if (left_out.count() > 0) found.left_out = fmt::format("{}: {}", key, left_out.text(root));
  return found;
}

TextFiles find_in_folder(const fs::path& folder, const std::string& key) {
  PassedOver left_out;
  const FolderWalk walk(folder, key, left_out);
  return text_among(walk.files(), folder, key, left_out);
}

TextFiles find_by_pattern(const fs::path& pattern, const std::string& key) {
  std::vector<fs::path> files;
  PassedOver left_out;
  for (const fs::path& file : files_of_pattern(pattern, key)) {
    std::error_code error;
    const fs::file_type type = fs::status(file, error).type();
    const bool is_special = type != fs::file_type::regular && type != fs::file_type::not_found;
    if (is_special) {
      left_out.add(&PassedOver::special, file);
    } else {
      files.push_back(file);
    }
  }
  return text_among(files, pattern, key, left_out);
}

}  // namespace

bool is_token_file(const fs::path& path) {
  if (path.extension() == ".tokens") return true;
  std::array<char, 8> head{};
  const File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  return file && std::fread(head.data(), 1, head.size(), file.get()) == head.size() &&
         begins_token_file({head.data(), head.size()});
}

TextFiles find_text(const fs::path& path, const std::string& key) {
  if (is_path_pattern(path)) return find_by_pattern(path, key);
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) user_error("{}: {} does not exist", key, path.string());
  if (fs::is_directory(status)) return find_in_folder(path, key);
  if (error) user_error("{}: {} cannot be read: {}", key, path.string(), error.message());
  if (!fs::is_regular_file(status)) {
    user_error("{}: {} is a device or a pipe, expected a file or a folder of text", key, path.string());
  }
  if (is_binary(path, key)) {
    user_error("{}: {} has a zero byte and is taken for binary (or UTF-16), expected text", key,
               path.string());
  }
  return {path, key, {path}, {}};
}

}  // namespace weft
