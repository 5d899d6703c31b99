#include "weft/kernels/pooling.h"

#include "tests/kernels/tensor.h"
#include "weft/kernels/pooling_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

struct Case {
  Dims x, y;
  Window window;
};

// Overlapping, padded, skipping rows before (negative pad) and after the windows, gaps between windows.
const std::vector<Case> kCases = {
    {{2, 7, 3}, {2, 4, 3}, {{3}, {2}, {1}}},
    {{3, 9, 8, 17}, {3, 5, 4, 17}, {{3, 3}, {2, 2}, {1, 1}}},
    {{1, 9, 10, 65}, {1, 3, 2, 65}, {{2, 2}, {2, 3}, {-2, 0}}},
    {{2, 5, 6, 7, 130}, {2, 2, 3, 3, 130}, {{2, 2, 3}, {2, 2, 2}, {0, 1, 1}}},
    {{2, 4, 4, 1}, {2, 2, 2, 1}, {{1, 1}, {3, 3}, {0, 0}}},
    {{0, 4, 4, 5}, {0, 2, 2, 5}, {{2, 2}, {2, 2}, {0, 0}}},
};

/// Few distinct values, so that windows hold ties.
Tensor coarse(DType dtype, const Dims& shape, uint32_t seed) {
  Tensor result = Tensor::random(dtype, shape, seed, -2, 2);
  for (int64_t i = 0; i < result.elems(); ++i) result.set(i, std::round(result.get(i)));
  return result;
}

TEST(Pooling, AgreesWithItsDefinition) {
  for (const DType dtype : testing::kFastTypes) {
    for (const Case& c : kCases) {
      SCOPED_TRACE(to_string(c.x));
      const Tensor x = coarse(dtype, c.x, 1), dy = Tensor::random(dtype, c.y, 2);
      Tensor y(dtype, c.y), plain_y(dtype, c.y);
      Tensor dx = Tensor::random(dtype, c.x, 3), plain_dx(dtype, c.x);
      max_pool(x, c.window, y);
      naive::max_pool(x, c.window, plain_y);
      expect_equal(y, plain_y);
      max_pool_backward(dy, x, c.window, dx);
      naive::max_pool_backward(dy, x, c.window, plain_dx);
      expect_equal(dx, plain_dx);
      average_pool(x, c.window, y);
      naive::average_pool(x, c.window, plain_y);
      expect_close(y, plain_y);
      average_pool_backward(dy, c.window, dx);
      naive::average_pool_backward(dy, c.window, plain_dx);
      expect_close(dx, plain_dx);
    }
  }
}

TEST(MaxPool, GivesTheGradientToTheFirstOfEqualValues) {
  const Window window{{2, 2}, {2, 2}, {0, 0}};
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    const Tensor x = Tensor::of(dtype, {1, 2, 4, 1}, {0, 5, 1, 1, 5, 5, 1, 1});
    const Tensor dy = Tensor::of(dtype, {1, 1, 2, 1}, {3, 4});
    Tensor dx(dtype, {1, 2, 4, 1});
    max_pool_backward(dy, x, window, dx);
    expect_equal(dx, Tensor::of(dtype, {1, 2, 4, 1}, {0, 3, 4, 0, 0, 0, 0, 0}));
  }
}

TEST(AveragePool, DividesByTheFullWindow) {
  const Window window{{3}, {2}, {1}};
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    const Tensor x = Tensor::of(dtype, {1, 3, 1}, {3, 6, 9});
    Tensor y(dtype, {1, 2, 1});
    average_pool(x, window, y);
    expect_close(y, Tensor::of(dtype, {1, 2, 1}, {3, 5}));
  }
}

}  // namespace
}  // namespace weft::kernels
