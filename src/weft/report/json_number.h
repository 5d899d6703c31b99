#pragma once
#include <cmath>
#include <cstdint>
#include <limits>

namespace weft {

/// Whether an integer of 64 bits holds the number, or what is before its point: the JSON library makes
/// another number of one that does not fit, without a word.
template <class Json>
bool fits_an_integer(const Json& number) {
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (number.is_number_unsigned()) return number.template get<uint64_t>() <= kMost;
  return !number.is_number_float() || std::abs(number.template get<double>()) < 0x1p63;
}

}  // namespace weft
