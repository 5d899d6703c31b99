// What the GPU is given for a transpose, by the definition of pointwise on the host.
#include "weft/kernels/cuda/transpose_spec.h"

#include <gtest/gtest.h>

#include "tests/kernels/pointwise_cases.h"
#include "weft/kernels/transpose.h"

namespace weft::cuda {
namespace {

TEST(TransposeSpec, IsTheTransposeThatTheCpuMakes) {
  for (const DType dtype : {DType::f32, DType::bf16, DType::i32}) {
    for (const std::vector<int>& order : {std::vector{0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}}) {
      const testing::Tensor x = testing::Tensor::random(dtype, {2, 3, 5}, 1, -9, 9);
      kernels::Case made{transpose_spec(Transpose(order), x.type()), {x}, {dtype}};
      testing::Tensor want(dtype, made.spec.space);
      kernels::transpose(x, order, want);
      testing::expect_equal(kernels::run_naive(made)[0], want);
    }
  }
}

}  // namespace
}  // namespace weft::cuda
