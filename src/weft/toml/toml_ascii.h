#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace weft {

/// The line, from 1, of the first byte beyond ASCII that stands in neither a string nor a comment, where TOML
/// allows none. Right for text that is TOML up to that byte; a byte order mark at the start is allowed.
///
/// toml++ 3.3 has undefined behaviour on such bytes (is_non_ascii_horizontal_whitespace reaches
/// TOML_UNREACHABLE for most letters with accents), so they are found before it sees them.
std::optional<int64_t> line_beyond_ascii(std::string_view toml);

}  // namespace weft
