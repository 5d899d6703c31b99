#include "weft/ops/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ops/interpreter.h"

namespace weft::testing {
namespace {

std::vector<double> softmax_of(DType dtype, const Dims& shape, const std::vector<double>& values) {
  GraphBuilder build;
  const ValueId x = build.input("x", {dtype, shape}, std::vector<std::string>(shape.size(), "d"));
  const ValueId y = softmax(build, x);
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(x, values);
  run.run();
  return run.get(y);
}

TEST(Softmax, BearsHugeAndInfiniteLogits) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(softmax_of(DType::f32, {2, 3}, {1e30, -1e30, 1e30, 0, -inf, 0}),
            (std::vector<double>{0.5, 0, 0.5, 0.5, 0, 0.5}));
}

TEST(Softmax, HandsNanOn) {
  for (const double value : softmax_of(DType::f32, {1, 20}, std::vector<double>(20, std::nan("")))) {
    EXPECT_TRUE(std::isnan(value));
  }
}

TEST(Softmax, SumsToOneOverRowsOfAnyLength) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const int64_t n : {1, 5, 64, 1007, 30011}) {
      const std::vector<double> y = softmax_of(dtype, {3, n}, random_values(1, 2, 3 * n, -8, 8));
      for (size_t row = 0; row < 3; ++row) {
        double sum = 0;
        for (size_t j = 0; j < static_cast<size_t>(n); ++j) sum += y[row * static_cast<size_t>(n) + j];
        EXPECT_NEAR(sum, 1, 2e-6);
      }
    }
  }
}

}  // namespace
}  // namespace weft::testing
