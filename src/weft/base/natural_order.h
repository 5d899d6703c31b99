#pragma once
#include <string_view>

namespace weft {

/// Whether `a` stands before `b` in a list for people: numbers within names are compared as numbers, of any
/// length, so that "h.2" stands before "h.10". Names whose numbers are equal are in the order of their text,
/// so that the order is total: "h.01" and "h.1" differ.
bool stands_before(std::string_view a, std::string_view b);

/// The same as a type, for maps.
struct NaturalOrder {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard library asks for it
  bool operator()(std::string_view a, std::string_view b) const { return stands_before(a, b); }
};

}  // namespace weft
