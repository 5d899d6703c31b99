#include "weft/kernels/mse.h"

#include <cmath>

#include "tests/kernels/tensor.h"
#include "weft/kernels/mse_naive.h"

namespace weft::kernels {
namespace {

using testing::Tensor;

TEST(Mse, AgreesWithItsDefinitionOnOddSizes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : {0, 1, 3, 17, 1007, 50021}) {
      const Tensor x = Tensor::random(dtype, {n}, 1), target = Tensor::random(dtype, {n}, 2);
      const Tensor dloss = Tensor::scalar(DType::f32, 0.7);
      Tensor loss(DType::f32, {}), plain(DType::f32, {}), dx(dtype, {n}), plain_dx(dtype, {n});
      mse(x, target, 0.3, loss);
      naive::mse(x, target, 0.3, plain);
      testing::expect_close(loss, plain, 4e-6);
      mse_backward(x, target, dloss, 0.3, dx);
      naive::mse_backward(x, target, dloss, 0.3, plain_dx);
      testing::expect_close(dx, plain_dx);
      mse_backward(x, target, dloss, 0.3, x);
      testing::expect_equal(x, dx);
    }
  }
}

TEST(Mse, TargetsThatAreNotNumbersDoNotCount) {
  constexpr int64_t kSize = 37;
  const auto as = [](const std::vector<double>& values, DType dtype) {
    Tensor tensor(dtype, {kSize});
    for (int64_t i = 0; i < kSize; ++i) tensor.set(i, values[static_cast<size_t>(i)]);
    return tensor;
  };
  std::vector<double> x(kSize, 3), target(kSize, 1);
  double counted = 0;
  for (size_t i = 0; i < kSize; ++i) {
    if (i % 5 == 2) {
      target[i] = std::nan("");
    } else {
      counted += 1;
    }
  }
  for (const DType dtype : {DType::f32, DType::f64, DType::bf16}) {
    const DType scalar = dtype == DType::f64 ? DType::f64 : DType::f32;
    const Tensor input = as(x, dtype), missing = as(target, dtype), dloss = Tensor::scalar(scalar, 1);
    Tensor loss(scalar, {}), dx(dtype, {kSize});
    mse(input, missing, 0.5, loss);
    mse_backward(input, missing, dloss, 0.5, dx);
    EXPECT_EQ(loss.get(0), 0.5 * 4 * counted) << name_of(dtype);
    for (int64_t i = 0; i < kSize; ++i) EXPECT_EQ(dx.get(i), i % 5 == 2 ? 0 : 2) << name_of(dtype);
  }
}

}  // namespace
}  // namespace weft::kernels
