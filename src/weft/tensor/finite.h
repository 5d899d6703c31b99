#pragma once
// Which floating numbers are none, told by their bits, so that loops over them vectorise.
#include <cstdint>
#include <cstring>
#include <limits>

#include "weft/tensor/view.h"

namespace weft {

template <class T>
struct FloatBits;
template <>
struct FloatBits<double> {
  using Word = uint64_t;
  static constexpr Word kExponent = 0x7ff0'0000'0000'0000;
};
template <>
struct FloatBits<float> {
  using Word = uint32_t;
  static constexpr Word kExponent = 0x7f80'0000;
};
template <>
struct FloatBits<BFloat16> {
  using Word = uint16_t;
  static constexpr Word kExponent = 0x7f80;
};

/// The bits but the sign: above those of the exponent NaN, equal to them infinity.
template <class T>
typename FloatBits<T>::Word magnitude(const T* value) {
  using Word = typename FloatBits<T>::Word;
  Word word = 0;
  std::memcpy(&word, value, sizeof(word));
  return static_cast<Word>(word & (std::numeric_limits<Word>::max() >> 1));
}
template <class T>
bool is_nan(const T* value) {
  return magnitude(value) > FloatBits<T>::kExponent;
}
template <class T>
bool is_infinite(const T* value) {
  return magnitude(value) == FloatBits<T>::kExponent;
}
template <class T>
bool is_finite(const T* value) {
  return magnitude(value) < FloatBits<T>::kExponent;
}

/// Whether all elements are finite numbers; integers are. On all threads.
bool all_finite(const View& view);

}  // namespace weft
