#include "weft/kernels/cpu/gelu_vector.h"

#include <cmath>

#include "tests/kernels/tensor.h"
#include "weft/kernels/elementwise_naive.h"

namespace weft::kernels {
namespace {

using testing::Tensor;

constexpr int64_t kPoints = 4801;

/// Points 1/200 apart over [-12, 12], in f32.
Tensor line() {
  Tensor x(DType::f32, {kPoints});
  for (int64_t i = 0; i < kPoints; ++i) x.set(i, static_cast<double>(i - kPoints / 2) / 200);
  return x;
}

Tensor widened(const Tensor& x) {
  Tensor wide(DType::f64, x.type().shape);
  for (int64_t i = 0; i < x.elems(); ++i) wide.set(i, x.get(i));
  return wide;
}

Tensor ones(DType dtype, int64_t count) {
  Tensor result(dtype, {count});
  for (int64_t i = 0; i < count; ++i) result.set(i, 1);
  return result;
}

TEST(GeluVector, IsWithinAFewRoundingsOfF64Everywhere) {
  const Tensor x = line();
  const Tensor wide = widened(x);
  for (const bool tanh_form : {true, false}) {
    const Tensor got(DType::f32, {kPoints});
    const Tensor slope(DType::f32, {kPoints});
    const Tensor want(DType::f64, {kPoints});
    const Tensor want_slope(DType::f64, {kPoints});
    gelu_vector(x, got, tanh_form);
    gelu_backward_vector(ones(DType::f32, kPoints), x, slope, tanh_form);
    naive::gelu(wide, want, tanh_form);
    naive::gelu_backward(ones(DType::f64, kPoints), wide, want_slope, tanh_form);
    for (int64_t i = 0; i < kPoints; ++i) {
      // Four spacings of f32 at 1; the polynomial for the normal distribution is itself within 1e-7.
      ASSERT_NEAR(got.get(i), want.get(i), 5e-7 * (1 + std::abs(want.get(i)))) << x.get(i);
      ASSERT_NEAR(slope.get(i), want_slope.get(i), 5e-7) << x.get(i);
    }
  }
}

TEST(GeluVector, KeepsTheDigitsOfItsTailByTanh) {
  const Tensor x = line();
  const Tensor got(DType::f32, {kPoints});
  const Tensor want(DType::f64, {kPoints});
  gelu_vector(x, got, true);
  naive::gelu(widened(x), want, true);
  for (int64_t i = 0; i < kPoints; ++i) {
    // exp(-2u) for u down to -9 carries the rounding of u, a few 2^-24 of it. Further out the f64 form itself
    // cancels.
    if (x.get(i) > -4.5) {
      ASSERT_NEAR(got.get(i), want.get(i), 3e-6 * std::abs(want.get(i))) << x.get(i);
    }
  }
}

TEST(GeluVector, FarOutIsTheIdentityOrNothingAndNanStays) {
  for (const DType dtype : testing::kFastTypes) {
    for (const bool tanh_form : {true, false}) {
      Tensor x(dtype, {37});
      for (int64_t i = 0; i < 37; ++i) x.set(i, i % 2 == 0 ? 1e4 : -1e4);
      x.set(5, std::nan(""));
      x.set(36, std::nan(""));
      const Tensor y(dtype, {37});
      const Tensor slope(dtype, {37});
      gelu_vector(x, y, tanh_form);
      gelu_backward_vector(ones(dtype, 37), x, slope, tanh_form);
      for (int64_t i = 0; i < 37; ++i) {
        if (std::isnan(x.get(i))) {
          EXPECT_TRUE(std::isnan(y.get(i)) && std::isnan(slope.get(i))) << i;
        } else {
          EXPECT_EQ(y.get(i), i % 2 == 0 ? x.get(i) : 0) << i;
          EXPECT_EQ(slope.get(i), i % 2 == 0 ? 1 : 0) << i;
        }
      }
    }
  }
}

TEST(GeluVector, WorksInPlace) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : testing::kOddSizes) {
      const Tensor x = Tensor::random(dtype, {n}, 1);
      const Tensor dy = Tensor::random(dtype, {n}, 2);
      const Tensor y(dtype, {n});
      const Tensor dx(dtype, {n});
      gelu_vector(x, y, true);
      gelu_backward_vector(dy, x, dx, true);
      const Tensor y_in_place = x;
      const Tensor dx_in_place = dy;
      gelu_vector(y_in_place, y_in_place, true);
      gelu_backward_vector(dx_in_place, x, dx_in_place, true);
      testing::expect_equal(y_in_place, y);
      testing::expect_equal(dx_in_place, dx);
    }
  }
}

}  // namespace
}  // namespace weft::kernels
