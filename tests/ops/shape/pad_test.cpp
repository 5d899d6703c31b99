#include "weft/ops/shape/pad.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/ops/expect_error.h"
#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

namespace weft::testing {
namespace {

TEST(Pad, HasZerosAroundTheOperand) {
  for (const std::string_view device : {"cpu", "reference"}) {
    for (const DType dtype : kDTypes) {
      GraphBuilder build;
      const ValueId x = build.input("x", {dtype, {2, 2}}, {"a", "b"});
      const ValueId y = pad(build, x, {1, 0}, {0, 2});
      EXPECT_EQ(build.type(y), (TensorType{dtype, {3, 4}}));
      EXPECT_EQ(pad(build, x, {0, 0}, {0, 0}), x);
      const Graph graph = std::move(build).build();
      Interpreter run(graph, device_named(device));
      run.set(x, {1, 1, 0, 1});
      run.run();
      EXPECT_EQ(run.get(y), (std::vector<double>{0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0}))
          << device << " " << name_of(dtype);
    }
  }
}

TEST(Pad, LeavesTheGradientOfItsZerosOut) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2}}, {"a"});
  const ValueId factors = build.input("factors", {DType::f64, {5}}, {"a"});
  const ValueId loss = reduce_sum(build, multiply(build, pad(build, x, {2}, {1}), factors));
  const ValueId gradient = gradients(build, loss, std::vector{x})[0].value();
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(factors, {1, 2, 3, 4, 5});
  run.run();
  EXPECT_EQ(run.get(gradient), (std::vector<double>{3, 4}));
}

/// A part of the result may have a part of x, all of it, or none, wherever the empty range lies.
TEST(Pad, OfAPartHasTheZerosOfThatPart) {
  const Pad op({4}, {2});
  const std::vector<TensorType> in{{DType::f32, {3}}};
  const std::vector<TensorType> out = op.infer(in);
  const IndexMap map = op.index_map(in, out);
  EXPECT_EQ(map.axes[0].kind, AxisKind::parallel);
  const auto local = [&](const Range& owned) {
    const std::vector<Region> needs{touched_region(map.inputs[0], {owned}, in[0].shape)};
    const std::vector<Region> owns{{{owned}}};
    return attribute_text(*op.localize({in, out, needs, owns})) + " of " + to_string(needs[0].shape());
  };
  EXPECT_EQ(local({0, 3}), "low=[3] high=[0] of [0]");
  EXPECT_EQ(local({3, 6}), "low=[1] high=[0] of [2]");
  EXPECT_EQ(local({6, 9}), "low=[0] high=[2] of [1]");
  EXPECT_EQ(local({7, 9}), "low=[0] high=[2] of [0]");
  EXPECT_EQ(local({2, 8}), "low=[2] high=[1] of [3]");
}

TEST(Pad, SaysWhatItGot) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {2, 3}}, {"a", "b"});
  const std::string expected = " f32[2, 3], expected two numbers from 0 for each dimension.";
  expect_user_error(
      [&] {
        pad(build, x, {1}, {0, 0});
      },
      "pad: got [1] zeros before and [0, 0] behind" + expected);
  expect_user_error(
      [&] {
        pad(build, x, {0, 0}, {1});
      },
      "pad: got [0, 0] zeros before and [1] behind" + expected);
  expect_user_error(
      [&] {
        pad(build, x, {0, -1}, {0, 0});
      },
      "pad: got [0, -1] zeros before and [0, 0] behind" + expected);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  expect_user_error(
      [&] {
        pad(build, x, {kMost, 0}, {0, 0});
      },
      "pad: got a dimension of the sizes [9223372036854775807, 2, 0], expected a sum below 2^63.");
}

}  // namespace
}  // namespace weft::testing
