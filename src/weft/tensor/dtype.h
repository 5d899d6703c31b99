#pragma once
// Element types.
#include <bit>
#include <cstdint>
#include <string_view>

namespace weft {

/// Elements of `bit` are packed: element i of a tensor is bit i % 8, counted from the lowest, of byte i / 8.
/// The bits of the last byte behind the last element are written as zeros and never read.
enum class DType : uint8_t { f64, f32, bf16, i64, i32, u8, bit };
inline constexpr DType kDTypes[] = {DType::f64, DType::f32, DType::bf16, DType::i64,
                                    DType::i32, DType::u8,  DType::bit};

/// The upper half of an f32: 8 bits of exponent, 7 of fraction.
struct BFloat16 {
  uint16_t bits = 0;
  constexpr BFloat16() = default;
  /// Rounds to nearest even; NaN stays NaN.
  constexpr explicit BFloat16(float value) {
    uint32_t word = std::bit_cast<uint32_t>(value);
    if ((word & 0x7fffffffu) > 0x7f800000u) {
      bits = static_cast<uint16_t>((word >> 16) | 0x40u);
    } else {
      word += 0x7fffu + ((word >> 16) & 1u);
      bits = static_cast<uint16_t>(word >> 16);
    }
  }
  constexpr explicit operator float() const {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
};

/// Throws an InternalError: whoever asks for the bytes of one bit was written for other dtypes.
[[noreturn]] void refuse_bytes_of_a_bit();

/// Of one element. Not for `bit`, of which a byte holds several.
constexpr int64_t bytes_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::bf16:
      return 2;
    case DType::u8:
      return 1;
    case DType::bit:
      refuse_bytes_of_a_bit();
  }
  return 0;
}

/// Of `elems` elements that lie together, the first at the beginning of a byte.
constexpr int64_t bytes_of(DType dtype, int64_t elems) {
  return dtype == DType::bit ? elems / 8 + (elems % 8 != 0 ? 1 : 0) : elems * bytes_of(dtype);
}

constexpr std::string_view name_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return "f64";
    case DType::f32:
      return "f32";
    case DType::bf16:
      return "bf16";
    case DType::i64:
      return "i64";
    case DType::i32:
      return "i32";
    case DType::u8:
      return "u8";
    case DType::bit:
      return "bit";
  }
  return "?";
}

constexpr bool is_floating(DType dtype) {
  return dtype == DType::f64 || dtype == DType::f32 || dtype == DType::bf16;
}

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::f64;
};
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::f32;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<int64_t> {
  static constexpr DType value = DType::i64;
};
template <>
struct DTypeOf<int32_t> {
  static constexpr DType value = DType::i32;
};
template <>
struct DTypeOf<uint8_t> {
  static constexpr DType value = DType::u8;
};

}  // namespace weft
