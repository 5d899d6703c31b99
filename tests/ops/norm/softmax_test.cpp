#include "weft/ops/norm/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tests/ops/interpreter.h"
#include "weft/expression/text.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/reduce/reduce.h"

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

TEST(Softmax, AgreesWithAPlainLoopOnRowsOfAnyLength) {
  for (const DType dtype : {DType::f32, DType::f64, DType::bf16}) {
    for (const size_t n : {1, 5, 64, 257, 1007, 30011}) {
      std::vector<double> x = random_values(1, 2, 3 * static_cast<int64_t>(n), -8, 8);
      for (double& value : x) value = std::round(value * 8) / 8;  // exact in every dtype
      const std::vector<double> y = softmax_of(dtype, {3, static_cast<int64_t>(n)}, x);
      const double error = dtype == DType::f64 ? 1e-13 : dtype == DType::f32 ? 2e-6 : 5e-3;
      for (size_t row = 0; row < 3; ++row) {
        double sum = 0;
        for (size_t j = 0; j < n; ++j) sum += std::exp(x[row * n + j]);
        for (size_t j = 0; j < n; ++j) {
          const double wanted = std::exp(x[row * n + j]) / sum;
          ASSERT_NEAR(y[row * n + j], wanted, error * wanted) << row << ", " << j;
        }
      }
    }
  }
}

TEST(Softmax, ItsGradientReadsTheResultAndTakesNoExponential) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {3, 5}}, {"n", "c"});
  const ValueId y = softmax(build, x);
  const ValueId loss = reduce(build, "sum", {y}, "x0 * x0", {0, 1})[0];
  const size_t forward = build.graph().nodes().size();
  build.output("dx", *gradients(build, loss, std::array{x})[0]);
  const Graph graph = std::move(build).build();
  for (size_t n = forward; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    EXPECT_EQ(std::count(node.inputs.begin(), node.inputs.end(), x), 0) << to_text(graph);
    const auto* op = dynamic_cast<const Pointwise*>(node.op.get());
    EXPECT_TRUE(op == nullptr || to_string(op->expression).find("exp") == std::string::npos)
        << to_text(graph);
  }
}

}  // namespace
}  // namespace weft::testing
