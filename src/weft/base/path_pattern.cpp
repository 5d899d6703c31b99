#include "weft/base/path_pattern.h"

#include <glob.h>

#include <algorithm>
#include <charconv>
#include <iterator>
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
  if (::glob(pattern.c_str(), GLOB_MARK | GLOB_NOSORT, nullptr, &found) == GLOB_NOSPACE)
    throw std::bad_alloc();
  std::vector<std::string> files;
  for (size_t i = 0; i < found.gl_pathc; ++i) {
    std::string name = found.gl_pathv[i];
    if (!name.ends_with('/')) files.push_back(std::move(name));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

bool is_path_pattern(const fs::path& path) {
  std::error_code error;
  return has_signs(path.string(), "*?[{") &&
         fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

std::vector<fs::path> files_of_pattern(const fs::path& pattern) {
  std::vector<fs::path> files;
  for (const std::string& name : expand_braces(pattern.string())) {
    if (has_signs(name, "*?[")) {
      std::ranges::move(matches_of(name), std::back_inserter(files));
    } else {
      files.emplace_back(name);
    }
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

std::vector<std::string> expand_braces(const std::string& pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string::npos) return {pattern};
  const size_t close = pattern.find('}', open);
  const size_t dots = pattern.find("..", open);
  const auto refuse = [&] {
    user_error("{}: braces hold a range of numbers, as in train-{{000..009}}.tar", pattern);
  };
  if (close == std::string::npos || dots == std::string::npos || dots > close) refuse();
  const std::string first = pattern.substr(open + 1, dots - open - 1);
  const std::string last = pattern.substr(dots + 2, close - dots - 2);
  const auto from = as_number(first);
  const auto to = as_number(last);
  if (!from || !to || *to < *from) refuse();
  const std::vector<std::string> rest = expand_braces(pattern.substr(close + 1));
  const auto count = static_cast<size_t>(*to - *from) + 1;
  if (count > kMaxNames / rest.size()) user_error("{}: names more than {} files", pattern, kMaxNames);
  std::vector<std::string> names;
  for (int32_t i = *from; i <= *to; ++i) {
    for (const std::string& tail : rest) {
      names.push_back(fmt::format("{}{:0{}}{}", pattern.substr(0, open), i, first.size(), tail));
    }
  }
  return names;
}

}  // namespace weft
