#include "weft/kernels/softmax.h"

#include <limits>

#include "tests/kernels/tensor.h"
#include "weft/kernels/softmax_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::Tensor;

TEST(Softmax, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t n : testing::kOddSizes) {
      for (const int64_t rows : {0, 1, 5, 99}) {
        const Tensor x = Tensor::random(dtype, {rows, n}, 1, -8, 8);
        const Tensor dy = Tensor::random(dtype, {rows, n}, 2);
        Tensor y(dtype, {rows, n}), plain_y(dtype, {rows, n}), dx(dtype, {rows, n}),
            plain_dx(dtype, {rows, n});
        softmax(x, y);
        naive::softmax(x, plain_y);
        expect_close(y, plain_y);
        softmax_backward(dy, plain_y, dx);
        naive::softmax_backward(dy, plain_y, plain_dx);
        expect_close(dx, plain_dx);
      }
    }
  }
}

TEST(Softmax, WorksInPlace) {
  Tensor x = Tensor::random(DType::bf16, {3, 21}, 1);
  Tensor y(DType::bf16, {3, 21}), dx(DType::bf16, {3, 21});
  Tensor dy = Tensor::random(DType::bf16, {3, 21}, 2);
  softmax(x, y);
  softmax(x, x);
  testing::expect_equal(x, y);
  softmax_backward(dy, y, dx);
  softmax_backward(dy, y, dy);
  testing::expect_equal(dy, dx);
}

TEST(Softmax, BearsHugeAndInfiniteLogits) {
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor x = Tensor::of(DType::f32, {2, 3}, {1e30, -1e30, 1e30, 0, -inf, 0});
  Tensor y(DType::f32, {2, 3});
  softmax(x, y);
  testing::expect_equal(y, Tensor::of(DType::f32, {2, 3}, {0.5, 0, 0.5, 0.5, 0, 0.5}));
}

TEST(Softmax, HandsNanOn) {
  const Tensor x = Tensor::of(DType::f32, {1, 20}, std::vector<double>(20, std::nan("")));
  Tensor y(DType::f32, {1, 20});
  softmax(x, y);
  for (int64_t i = 0; i < 20; ++i) EXPECT_TRUE(std::isnan(y.get(i)));
}

}  // namespace
}  // namespace weft::kernels
