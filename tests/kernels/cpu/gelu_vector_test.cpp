#include "weft/kernels/cpu/gelu_vector.h"

#include <cmath>
#include <numbers>

#include "tests/kernels/tensor.h"

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

constexpr double kRootTwoOverPi = 0.7978845608028654;
constexpr double kCubic = 0.044715;

/// The definitions (Hendrycks and Gimpel, 2016), in f64.
double gelu_of(double x, bool tanh_form) {
  if (tanh_form) return 0.5 * x * (1 + std::tanh(kRootTwoOverPi * (x + kCubic * x * x * x)));
  return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
}

double slope_of(double x, bool tanh_form) {
  if (tanh_form) {
    const double t = std::tanh(kRootTwoOverPi * (x + kCubic * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * kRootTwoOverPi * (1 + 3 * kCubic * x * x);
  }
  const double density = std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  return 0.5 * (1 + std::erf(x / std::numbers::sqrt2)) + x * density;
}

Tensor ones(DType dtype, int64_t count) {
  Tensor result(dtype, {count});
  for (int64_t i = 0; i < count; ++i) result.set(i, 1);
  return result;
}

TEST(GeluVector, IsWithinAFewRoundingsOfF64Everywhere) {
  const Tensor x = line();
  for (const bool tanh_form : {true, false}) {
    const Tensor got(DType::f32, {kPoints});
    const Tensor slope(DType::f32, {kPoints});
    gelu_vector(x, got, tanh_form);
    gelu_backward_vector(ones(DType::f32, kPoints), x, slope, tanh_form);
    for (int64_t i = 0; i < kPoints; ++i) {
      // Four spacings of f32 at 1; the polynomial for the normal distribution is itself within 1e-7.
      const double want = gelu_of(x.get(i), tanh_form);
      ASSERT_NEAR(got.get(i), want, 5e-7 * (1 + std::abs(want))) << x.get(i);
      ASSERT_NEAR(slope.get(i), slope_of(x.get(i), tanh_form), 5e-7) << x.get(i);
    }
  }
}

TEST(GeluVector, KeepsTheDigitsOfItsTailByTanh) {
  const Tensor x = line();
  const Tensor got(DType::f32, {kPoints});
  gelu_vector(x, got, true);
  for (int64_t i = 0; i < kPoints; ++i) {
    // exp(-2u) for u down to -9 carries the rounding of u, a few 2^-24 of it. Further out the f64 form itself
    // cancels.
    if (x.get(i) > -4.5) {
      const double want = gelu_of(x.get(i), true);
      ASSERT_NEAR(got.get(i), want, 3e-6 * std::abs(want)) << x.get(i);
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
