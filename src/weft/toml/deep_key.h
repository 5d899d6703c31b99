#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace weft {

/// Parts that a dotted key may have: toml++ parses and frees them by recursion, a stack frame each.
inline constexpr int64_t kMostKeyParts = 128;

/// The line, from 1, of the first key of more parts. Strings, comments and numbers count as keys where they
/// look like ones, which no recipe has in such length.
std::optional<int64_t> line_of_deep_key(std::string_view toml);

}  // namespace weft
