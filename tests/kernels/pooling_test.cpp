#include "weft/kernels/pooling.h"

#include <cmath>
#include <limits>

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

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(MaxPool, KeepsMinusInfinityAndNaN) {
  const Window window{{2}, {2}, {0}};
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    SCOPED_TRACE(name_of(dtype));
    const Tensor x = Tensor::of(dtype, {1, 10, 1},
                                {-kInfinity, -kInfinity, kNaN, 1, 1, kNaN, kNaN, kNaN, kInfinity, kNaN});
    Tensor y(dtype, {1, 5, 1});
    max_pool(x, window, y);
    expect_equal(y, Tensor::of(dtype, {1, 5, 1}, {-kInfinity, kNaN, kNaN, kNaN, kNaN}));
    // The gradient goes where the forward result comes from.
    Tensor dx(dtype, {1, 10, 1});
    max_pool_backward(Tensor::of(dtype, {1, 5, 1}, {1, 2, 3, 4, 5}), x, window, dx);
    expect_equal(dx, Tensor::of(dtype, {1, 10, 1}, {1, 0, 2, 0, 0, 3, 4, 0, 0, 5}));
  }
}

TEST(MaxPool, GivesMinusInfinityToAWindowWithoutPositions) {
  for (const DType dtype : {DType::f64, DType::f32, DType::bf16}) {
    Tensor y(dtype, {1, 2, 1});
    max_pool(Tensor::of(dtype, {1, 1, 1}, {-7}), {{1}, {3}, {0}}, y);
    expect_equal(y, Tensor::of(dtype, {1, 2, 1}, {-7, -kInfinity}));
  }
}

TEST(AveragePool, AddsTheGradientsOfOverlappingWindowsBeforeItRounds) {
  // 256 + 1 is no bf16: rounded after each addition, the ones would be lost.
  const Window window{{4}, {1}, {3}};
  const Tensor dy = Tensor::of(DType::bf16, {1, 4, 1}, {1024, 4, 4, 4});
  Tensor dx(DType::bf16, {1, 1, 1});
  average_pool_backward(dy, window, dx);
  expect_equal(dx, Tensor::of(DType::bf16, {1, 1, 1}, {260}));  // 259 lies between 258 and 260: to even
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
