#include "weft/toml/toml_ascii.h"

#include <algorithm>

namespace weft {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The length of the comment that `rest` begins with, without the end of its line.
size_t comment_length(std::string_view rest) { return std::min(rest.find('\n'), rest.size()); }

/// The length of the string, of any of the four kinds, that `rest` begins with.
size_t string_length(std::string_view rest) {
  const char quote = rest[0];
  const bool has_escapes = quote == '"';
  const auto is_triple = [&](size_t at) {
    return at + 2 < rest.size() && rest[at] == quote && rest[at + 1] == quote && rest[at + 2] == quote;
  };
  const bool has_lines = is_triple(0);
  for (size_t at = has_lines ? 3 : 1; at < rest.size(); ++at) {
    if (has_escapes && rest[at] == '\\') {
      ++at;
    } else if (!has_lines && (rest[at] == quote || rest[at] == '\n')) {
      return at + 1;
    } else if (has_lines && is_triple(at)) {
      at += 3;
      // Up to two more quotes belong to the text: """a"""" is a and a quote.
      for (int more = 0; more < 2 && at < rest.size() && rest[at] == quote; ++more) ++at;
      return at;
    }
  }
  return rest.size();
}

}  // namespace

std::optional<int64_t> line_beyond_ascii(std::string_view toml) {
  size_t at = toml.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (at < toml.size()) {
    const char byte = toml[at];
    if (static_cast<unsigned char>(byte) >= 0x80) {
      return 1 + std::count(toml.begin(), toml.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    }
    if (byte == '#') {
      at += comment_length(toml.substr(at));
    } else if (byte == '"' || byte == '\'') {
      at += string_length(toml.substr(at));
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace weft
