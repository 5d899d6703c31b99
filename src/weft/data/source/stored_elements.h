#pragma once
// The elements of a StoredType one by one, for the files that convert them.
#include <bit>
#include <cstring>

#include "weft/data/source/stored_type.h"

namespace weft {

/// IEEE half precision.
struct Half {
  uint16_t bits = 0;
  explicit operator float() const {
    const uint32_t sign = (bits & 0x8000u) << 16;
    const uint32_t exponent = (bits >> 10) & 0x1fu;
    const uint32_t fraction = bits & 0x3ffu;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
    if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
    const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  explicit operator double() const { return static_cast<float>(*this); }
};

template <class T>
T load_element(const std::byte* at, bool big_endian) {
  T value;
  if (!big_endian || sizeof(T) == 1) {
    std::memcpy(&value, at, sizeof(T));
    return value;
  }
  std::byte swapped[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) swapped[i] = at[sizeof(T) - 1 - i];
  std::memcpy(&value, swapped, sizeof(T));
  return value;
}

/// Calls body with a value of the type that the file stores; false where there is none.
template <class Body>
bool with_stored_type(StoredType type, const Body& body) {
  using Kind = StoredType::Kind;
  const auto pick = [&](auto one, auto two, auto four, auto eight) {
    switch (type.bytes) {
      case 1:
        body(one);
        return true;
      case 2:
        body(two);
        return true;
      case 4:
        body(four);
        return true;
      case 8:
        body(eight);
        return true;
      default:
        return false;
    }
  };
  switch (type.kind) {
    case Kind::signed_integer:
      return pick(int8_t{}, int16_t{}, int32_t{}, int64_t{});
    case Kind::unsigned_integer:
      return pick(uint8_t{}, uint16_t{}, uint32_t{}, uint64_t{});
    case Kind::bfloat:
      if (type.bytes != 2) return false;
      body(BFloat16{});
      return true;
    case Kind::floating:
      if (type.bytes == 1) return false;
      return pick(Half{}, Half{}, float{}, double{});
  }
  return false;
}

}  // namespace weft
