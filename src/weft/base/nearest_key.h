#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`, no part edited twice
/// (optimal string alignment). Time and memory |a|·|b|.
int64_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `key`, or nothing where none is near enough to be a slip of the hand. A key that
/// stands in the wrong section, or in none, counts as near: its name is compared without the section too.
std::optional<std::string> nearest_key(std::string_view key, std::span<const std::string> candidates);

}  // namespace weft
