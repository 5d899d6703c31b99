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

namespace weft {

namespace {

namespace fs = std::filesystem;

struct LeftOut {
  int64_t binary = 0, hidden = 0, dangling = 0, repeated = 0, special = 0;

  int64_t count() const { return binary + hidden + dangling + repeated + special; }
  std::string text() const {
    std::string all;
    const auto add = [&](int64_t count, const char* what) {
      if (count > 0) all += fmt::format("{}{} {}", all.empty() ? "" : ", ", count, what);
    };
    add(binary, "with a zero byte (binary, or UTF-16)");
    add(hidden, "whose name begins with a dot");
    add(dangling, "that a link leads to and that is not there");
    add(repeated, "that is read already by another name");
    add(special, "that is a device or a pipe");
    return all;
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

/// All files below a folder that are neither hidden nor special, sorted.
std::vector<fs::path> files_under(const fs::path& folder, const std::string& key, LeftOut& left_out) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code unknown;
    const fs::file_status status = at->status(unknown);
    if (at->path().filename().string().starts_with('.')) {
      ++left_out.hidden;
      at.disable_recursion_pending();
    } else if (status.type() == fs::file_type::not_found) {
      ++left_out.dangling;
    } else if (fs::is_regular_file(status)) {
      files.push_back(at->path());
    } else if (!fs::is_directory(status)) {
      ++left_out.special;
    }
  }
  if (error) user_error("{}: a folder in {} cannot be read: {}", key, folder.string(), error.message());
  std::ranges::sort(files);
  return files;
}

TextFiles find_in_folder(const fs::path& folder, const std::string& key) {
  TextFiles found{folder, key, {}, {}};
  LeftOut left_out;
  std::set<fs::path> seen;
  for (const fs::path& file : files_under(folder, key, left_out)) {
    std::error_code error;
    if (!seen.insert(fs::canonical(file, error)).second) {
      ++left_out.repeated;
    } else if (is_binary(file, key)) {
      ++left_out.binary;
    } else {
      found.paths.push_back(file);
    }
  }
  if (left_out.binary > std::ssize(found.paths)) {
    user_error("{}: {} of {} files in {} have a zero byte and are taken for binary, expected text in most",
               key, left_out.binary, left_out.binary + std::ssize(found.paths), folder.string());
  }
  if (left_out.count() > 0) {
    found.left_out = fmt::format("{}: {} files in {} left out: {}", key, left_out.count(), folder.string(),
                                 left_out.text());
  }
  return found;
}

}  // namespace

bool is_token_file(const fs::path& path) {
  if (path.extension() == ".tokens") return true;
  std::array<char, 8> head{};
  const File file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  return file && std::fread(head.data(), 1, head.size(), file.get()) == head.size() &&
         std::string_view(head.data(), head.size()) == "WEFTTOK1";
}

TextFiles find_text(const fs::path& path, const std::string& key) {
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
