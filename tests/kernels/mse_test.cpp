#include "weft/kernels/mse.h"

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

}  // namespace
}  // namespace weft::kernels
