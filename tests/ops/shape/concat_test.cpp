#include "weft/ops/shape/concat.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

TEST(Concat, HasOneOperandBehindTheOther) {
  for (const std::string_view device : {"cpu", "reference"}) {
    for (const DType dtype : kDTypes) {
      GraphBuilder build;
      const ValueId x = build.input("x", {dtype, {2, 2}}, {"a", "b"});
      const ValueId y = build.input("y", {dtype, {2, 1}}, {"a", "b"});
      const ValueId columns = concat(build, std::array{x, y, x}, 1);
      const ValueId rows = concat(build, std::array{x, x}, 0);
      EXPECT_EQ(build.type(columns), (TensorType{dtype, {2, 5}}));
      EXPECT_EQ(concat(build, std::array{x}, 1), x);
      const Graph graph = std::move(build).build();
      Interpreter run(graph, device_named(device));
      run.set(x, {1, 0, 0, 1});
      run.set(y, {1, 0});
      run.run();
      EXPECT_EQ(run.get(columns), (std::vector<double>{1, 0, 1, 1, 0, 0, 1, 0, 0, 1}))
          << device << " " << name_of(dtype);
      EXPECT_EQ(run.get(rows), (std::vector<double>{1, 0, 0, 1, 1, 0, 0, 1}))
          << device << " " << name_of(dtype);
    }
  }
}

TEST(Concat, BringsToEachOperandTheGradientOfItsPlace) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {1, 2}}, {"a", "b"});
  const ValueId y = build.input("y", {DType::f64, {1, 1}}, {"a", "b"});
  const ValueId factors = build.input("factors", {DType::f64, {1, 5}}, {"a", "b"});
  const ValueId loss = reduce_sum(build, multiply(build, concat(build, std::array{x, y, x}, 1), factors));
  const auto found = gradients(build, loss, std::array{x, y});
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(factors, {1, 2, 3, 4, 5});
  run.run();
  EXPECT_EQ(run.get(*found[0]), (std::vector<double>{1 + 4, 2 + 5})) << "it stands there twice";
  EXPECT_EQ(run.get(*found[1]), (std::vector<double>{3}));
}

/// No axis stays whole: a part of the result is what of each operand lies in it.
TEST(Concat, OfAPartIsOfTheOperandsParts) {
  const Concat op(0);
  const std::vector<TensorType> in{{DType::f32, {4}}, {DType::f32, {1}}, {DType::f32, {3}}};
  const IndexMap map = op.index_map(in, op.infer(in));
  EXPECT_EQ(map.axes[0].kind, AxisKind::parallel);
  const auto needs = [&](const Range& owned) {
    std::string text;
    for (size_t i = 0; i < in.size(); ++i) {
      text += to_string(touched_region(map.inputs[i], {owned}, in[i].shape));
    }
    return text;
  };
  EXPECT_EQ(needs({0, 3}), "[0:3][0:0][0:0]");
  EXPECT_EQ(needs({3, 6}), "[3:4][0:1][0:1]");
  EXPECT_EQ(needs({6, 8}), "[4:4][1:1][1:3]");
  EXPECT_EQ(op.boxes(in)[2], (Region{{{5, 8}}}));
}

TEST(Concat, SaysWhatItGot) {
  GraphBuilder build;
  const auto operand = [&](const std::string& name, const TensorType& type) {
    return build.input(name, type, std::vector<std::string>(type.shape.size(), "d"));
  };
  const ValueId x = operand("x", {DType::f32, {2, 3}});
  const auto refused = [&](ValueId y, const std::string& text) {
    expect_user_error(
        [&] {
          concat(build, std::array{x, y}, 1);
        },
        "concat: got f32[2, 3] and " + text + " along axis 1, expected operands that differ along it only.");
  };
  refused(operand("other", {DType::bf16, {2, 3}}), "bf16[2, 3]");
  refused(operand("more", {DType::f32, {3, 3}}), "f32[3, 3]");
  refused(operand("flat", {DType::f32, {2}}), "f32[2]");
  expect_user_error(
      [&] {
        concat(build, std::array{x, x}, 2);
      },
      "concat: got the axis 2 of f32[2, 3], expected one of its dimensions.");
  expect_user_error([&] { concat(build, {}, 0); }, "concat: got no operand, expected at least one.");
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const ValueId large = operand("large", {DType::f32, {0, kMost}});
  expect_user_error(
      [&] {
        concat(build, std::array{large, large}, 1);
      },
      "concat: got a dimension of the sizes [9223372036854775807, 9223372036854775807], "
      "expected a sum below 2^63.");
}

}  // namespace
}  // namespace weft::testing
