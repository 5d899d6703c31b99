#pragma once
#include <toml++/toml.h>

#include <optional>
#include <string_view>

namespace weft {

/// The table that a text in TOML is. UserError "SOURCE:LINE:COLUMN: not TOML: ..." for any other text.
toml::table parse_toml(std::string_view text, std::string_view source_name);
/// The same where being no TOML is no error: nothing.
std::optional<toml::table> parse_toml_if_sound(std::string_view text);

}  // namespace weft
