#pragma once
// Tensors for tests of kernels: owned memory behind a view, random values, comparison.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "weft/base/check.h"
#include "weft/tensor/bits.h"
#include "weft/tensor/view.h"

namespace weft::testing {

/// Memory with a guard behind it, at an address that is a multiple of 4 but of no vector.
class Tensor {
 public:
  Tensor(DType dtype, Dims shape) : type_{dtype, std::move(shape)} {
    bytes_.assign(static_cast<size_t>(type_.bytes()) + 2 * kGuard, std::byte{0x5a});
    for (int64_t i = 0; i < type_.elems(); ++i) set(i, 0);
  }

  /// Uniform in [low, high).
  static Tensor random(DType dtype, Dims shape, uint32_t seed, double low = -2, double high = 2) {
    Tensor result(dtype, std::move(shape));
    std::mt19937 source(seed);
    std::uniform_real_distribution<double> uniform(low, high);
    for (int64_t i = 0; i < result.elems(); ++i) result.set(i, uniform(source));
    return result;
  }
  static Tensor of(DType dtype, Dims shape, const std::vector<double>& values) {
    Tensor result(dtype, std::move(shape));
    for (int64_t i = 0; i < result.elems(); ++i) result.set(i, values[static_cast<size_t>(i)]);
    return result;
  }
  static Tensor scalar(DType dtype, double value) { return of(dtype, {}, {value}); }

  View view() const { return {const_cast<std::byte*>(data()), type_}; }
  operator View() const { return view(); }  // NOLINT: a test reads better so
  int64_t elems() const { return type_.elems(); }
  const TensorType& type() const { return type_; }

  double get(int64_t i) const {
    switch (type_.dtype) {
      case DType::f64:
        return at<double>(i);
      case DType::f32:
        return static_cast<double>(at<float>(i));
      case DType::bf16:
        return static_cast<double>(static_cast<float>(at<BFloat16>(i)));
      case DType::i64:
        return static_cast<double>(at<int64_t>(i));
      case DType::i32:
        return at<int32_t>(i);
      case DType::u8:
        return at<uint8_t>(i);
      case DType::bit:
        return load_bit(data(), i) ? 1 : 0;
    }
    return 0;
  }
  void set(int64_t i, double value) {
    switch (type_.dtype) {
      case DType::f64:
        return put<double>(i, value);
      case DType::f32:
        return put<float>(i, static_cast<float>(value));
      case DType::bf16:
        return put<BFloat16>(i, BFloat16(static_cast<float>(value)));
      case DType::i64:
        return put<int64_t>(i, static_cast<int64_t>(value));
      case DType::i32:
        return put<int32_t>(i, static_cast<int32_t>(value));
      case DType::u8:
        return put<uint8_t>(i, static_cast<uint8_t>(value));
      case DType::bit:
        return store_bit(bytes_.data() + kOffset, i, value != 0);
    }
  }
  void expect_guard() const {
    for (size_t i = 0; i < kGuard - kOffset; ++i) {
      ASSERT_EQ(bytes_[bytes_.size() - 1 - i], std::byte{0x5a}) << "written behind " << to_string(type_);
      if (i < kOffset) {
        ASSERT_EQ(bytes_[i], std::byte{0x5a}) << "written before " << to_string(type_);
      }
    }
  }

 private:
  static constexpr size_t kGuard = 64;
  static constexpr size_t kOffset = 8;

  const std::byte* data() const { return bytes_.data() + kOffset; }
  template <class T>
  T at(int64_t i) const {
    T value;
    std::memcpy(&value, data() + i * static_cast<int64_t>(sizeof(T)), sizeof(T));
    return value;
  }
  template <class T>
  void put(int64_t i, T value) {
    std::memcpy(bytes_.data() + kOffset + i * static_cast<int64_t>(sizeof(T)), &value, sizeof(T));
  }

  TensorType type_;
  std::vector<std::byte> bytes_;
};

/// Sums in another order and short polynomials stay within 30 spacings of f32 (2e-6) of the largest value;
/// one rounding to bf16 can fall to the other side (2^-7 of the value).
inline double tolerance_of(DType dtype) { return dtype == DType::bf16 ? 1.0 / 128 : 4e-6; }

inline void expect_close(const Tensor& got, const Tensor& want, double tolerance) {
  ASSERT_EQ(got.type(), want.type());
  got.expect_guard();
  double largest = 0.25;  // operands are about 1: where they cancel, their rounding stays
  for (int64_t i = 0; i < want.elems(); ++i) {
    if (std::isfinite(want.get(i))) largest = std::max(largest, std::abs(want.get(i)));
  }
  for (int64_t i = 0; i < want.elems(); ++i) {
    if (std::isfinite(want.get(i))) {
      ASSERT_NEAR(got.get(i), want.get(i), tolerance * largest)
          << "element " << i << " of " << to_string(got.type());
    } else {
      ASSERT_EQ(std::isnan(got.get(i)), std::isnan(want.get(i))) << "element " << i;
      if (!std::isnan(want.get(i))) {
        ASSERT_EQ(got.get(i), want.get(i)) << "element " << i;
      }
    }
  }
}
inline void expect_close(const Tensor& got, const Tensor& want) {
  expect_close(got, want, tolerance_of(got.type().dtype));
}
inline void expect_equal(const Tensor& got, const Tensor& want) { expect_close(got, want, 0); }

/// Around every vector width, and none of them a multiple of one.
inline const std::vector<int64_t> kOddSizes = {1, 3, 15, 17, 63, 100, 1007};

inline const DType kFastTypes[] = {DType::f32, DType::bf16};

}  // namespace weft::testing
