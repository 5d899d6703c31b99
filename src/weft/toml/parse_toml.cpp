#include "weft/toml/parse_toml.h"

#include "weft/base/check.h"
#include "weft/toml/deep_key.h"
#include "weft/toml/toml_ascii.h"

namespace weft {

toml::table parse_toml(std::string_view text, std::string_view source_name) {
  if (const auto line = line_beyond_ascii(text)) {
    user_error("{}:{}: not TOML: a character beyond ASCII stands outside of strings and comments",
               source_name, *line);
  }
  if (const auto line = line_of_deep_key(text)) {
    user_error("{}:{}: a key has more than {} parts", source_name, *line, kMostKeyParts);
  }
  try {
    return toml::parse(text, source_name);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    user_error("{}:{}:{}: not TOML: {}", source_name, at.line, at.column, error.description());
  }
}

std::optional<toml::table> parse_toml_if_sound(std::string_view text) {
  if (line_beyond_ascii(text) || line_of_deep_key(text)) return std::nullopt;
  try {
    return toml::parse(text);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

}  // namespace weft
