#include "weft/base/path_pattern.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <optional>

#include "weft/base/check.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
constexpr size_t kMaxNames = 1'000'000;

bool has_signs(const std::string& text, const char* signs) {
  return text.find_first_of(signs) != std::string::npos;
}

/// A number in braces.
std::optional<int32_t> as_number(const std::string& text) {
  int32_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// The files that match, in the order of their names; folders end in "/", and are no files.
std::vector<std::string> matches_of(const std::string& pattern) {
  glob_t found{};
  const std::unique_ptr<glob_t, void (*)(glob_t*)> freed(&found, &globfree);
  static thread_local std::string closed;
  closed.clear();
  const auto stops = [](const char* folder, int error) {
    if (error == ENOENT) return 0;
    closed = fmt::format("{}: {}", folder, std::strerror(error));
    return 1;
  };
  const int code = ::glob(pattern.c_str(), GLOB_MARK | GLOB_NOSORT, stops, &found);
  if (code == GLOB_NOSPACE) throw std::bad_alloc();
  if (!closed.empty()) user_error("{}: a folder on the way cannot be read: {}", pattern, closed);
  std::vector<std::string> files;
  for (size_t i = 0; i < found.gl_pathc; ++i) {
    std::string name = found.gl_pathv[i];
    if (!name.ends_with('/')) files.push_back(std::move(name));
  }
  std::ranges::sort(files);
  return files;
}

/// The names that the braces of `rest` give, which `pattern` ends with.
std::vector<std::string> expand(const std::string& rest, const std::string& pattern) {
  const size_t open = rest.find('{');
  if (open == std::string::npos) return {rest};
  const size_t close = rest.find('}', open);
  const size_t dots = rest.find("..", open);
  const auto refuse = [&] {
    user_error("{}: braces hold a range of numbers, as in train-{{000..009}}.tar", pattern);
  };
  if (close == std::string::npos || dots == std::string::npos || dots > close) refuse();
  const std::string first = rest.substr(open + 1, dots - open - 1);
  const auto from = as_number(first);
  const auto to = as_number(rest.substr(dots + 2, close - dots - 2));
  if (!from || !to || *to < *from) refuse();
  const std::vector<std::string> tails = expand(rest.substr(close + 1), pattern);
  const auto count = static_cast<size_t>(int64_t{*to} - *from + 1);
  if (count > kMaxNames / tails.size()) user_error("{}: names more than {} files", pattern, kMaxNames);
  std::vector<std::string> names;
  for (int64_t i = *from; i <= *to; ++i) {
    for (const std::string& tail : tails) {
      names.push_back(fmt::format("{}{:0{}}{}", rest.substr(0, open), i, first.size(), tail));
    }
  }
  return names;
}

}  // namespace

bool is_path_pattern(const fs::path& path) {
  std::error_code error;
  return has_signs(path.string(), "*?[{") &&
         fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

std::vector<fs::path> files_of_pattern(const fs::path& pattern) {
  std::vector<fs::path> files;
  const std::vector<std::string> names = expand_braces(pattern.string());
  for (const std::string& name : names) {
    if (!is_path_pattern(name)) {  // also one with signs, of a file that is there
      files.emplace_back(name);
      continue;
    }
    const std::vector<std::string> matches = matches_of(name);
    if (matches.empty() && names.size() > 1) {
      user_error("{}: no file matches {}, which its braces name", pattern.string(), name);
    }
    files.insert(files.end(), matches.begin(), matches.end());
  }
  if (files.empty())
    user_error("{}: no file has this name, and none matches it as a pattern", pattern.string());
  return files;
}

std::vector<fs::path> files_of_pattern(const fs::path& pattern, const std::string& key) {
  try {
    return files_of_pattern(pattern);
  } catch (const UserError& error) {
    user_error("{}: {}", key, error.what());
  }
}

std::vector<std::string> expand_braces(const std::string& pattern) { return expand(pattern, pattern); }

}  // namespace weft
