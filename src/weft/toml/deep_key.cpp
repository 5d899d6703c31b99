#include "weft/toml/deep_key.h"

namespace weft {

std::optional<int64_t> line_of_deep_key(std::string_view toml) {
  int64_t line = 1;
  int64_t parts = 1;
  for (const char c : toml) {
    if (c == '.') {
      if (++parts > kMostKeyParts) return line;
    } else if (c == '\n') {
      ++line;
      parts = 1;
    } else if (std::string_view(",=[]{}#").find(c) != std::string_view::npos) {
      parts = 1;
    }
  }
  return std::nullopt;
}

}  // namespace weft
