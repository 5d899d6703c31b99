#include "weft/ops/reduce/arg_max.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/interpreter.h"

namespace weft::testing {
namespace {

std::vector<double> arg_max_of(const TensorType& type, const std::vector<double>& values) {
  GraphBuilder build;
  const ValueId x = build.input("x", type, std::vector<std::string>(type.shape.size(), "d"));
  const ValueId found = arg_max(build, x);
  const Graph graph = std::move(build).build();
  EXPECT_EQ(graph.type(found).dtype, DType::i32);
  Interpreter run(graph);
  run.set(x, values);
  run.run();
  return run.get(found);
}

TEST(ArgMax, IsTheFirstPositionOfTheGreatest) {
  for (const DType dtype : {DType::f32, DType::f64, DType::bf16}) {
    EXPECT_EQ(arg_max_of({dtype, {3, 4}}, {1, 5, 5, 2, -1, -2, -3, -4, 0, 0, 0, 7}),
              (std::vector<double>{1, 0, 3}));
  }
  EXPECT_EQ(arg_max_of({DType::f32, {3}}, {-INFINITY, INFINITY, INFINITY}), std::vector<double>{1});
  EXPECT_EQ(arg_max_of({DType::f32, {2, 1}}, {-INFINITY, 0}), (std::vector<double>{0, 0}));
}

TEST(ArgMax, OfARowWithNanIsNoPosition) {
  EXPECT_EQ(arg_max_of({DType::f32, {2, 2}}, {std::nan(""), 1, 3, 2}), (std::vector<double>{INT32_MAX, 0}));
}

}  // namespace
}  // namespace weft::testing
