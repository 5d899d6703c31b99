// Of ops/: what single ops promise beyond the laws of every op: messages, flops, index maps, gradients'
// dtypes.
#include <gtest/gtest.h>

#include "tests/ops/case_graph.h"
#include "tests/ops/expect_error.h"
#include "weft/ops/linear/attention.h"
#include "weft/ops/loss/cross_entropy.h"
#include "weft/ops/norm/layer_norm.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/shape/embedding.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/transpose.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/max_pool.h"

namespace weft::testing {
namespace {

ValueId operand(GraphBuilder& build, const std::string& name, DType dtype, const Dims& shape) {
  return build.input(name, {dtype, shape}, std::vector<std::string>(shape.size(), "d"));
}

IndexMap map_of_first(const GraphBuilder& build) {
  const Node& node = build.graph().nodes()[0];
  return node.op->index_map(build.graph().input_types(node), build.graph().output_types(node));
}

double flops_of_node(const GraphBuilder& build, size_t at) {
  const Node& node = build.graph().nodes()[at];
  return flops_of(*node.op, build.graph().input_types(node), build.graph().output_types(node));
}

TEST(Reshape, SplitsEvenlyAMergedDimension) {
  GraphBuilder build;
  reshape(build, operand(build, "x", DType::f32, {4, 6, 5}), {24, 5});
  const IndexMap map = map_of_first(build);
  ASSERT_EQ(map.axes.size(), 3u);
  EXPECT_EQ(map.axes[0].kind, AxisKind::even);
  EXPECT_EQ(map.axes[1].kind, AxisKind::whole);
  EXPECT_EQ(map.axes[2].kind, AxisKind::parallel);
  EXPECT_EQ(map.outputs[0][0].terms[0].stride, 6);
}

TEST(Reshape, KeepsSharedFactorsOfASplitAndAMerge) {
  GraphBuilder build;
  reshape(build, operand(build, "x", DType::f32, {4, 6}), {8, 3});
  const IndexMap map = map_of_first(build);
  EXPECT_EQ(map.axes[0].size, 4);
  EXPECT_EQ(map.axes[1].size, 2);
  EXPECT_EQ(map.axes[2].size, 3);
  EXPECT_EQ(map.axes[1].kind, AxisKind::whole);  // minor in one of the two
}

TEST(Reshape, RefusesWhatIsNoSplitOrMerge) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {4, 6});
  expect_user_error(
      [&] {
        reshape(build, x, {6, 4});
      },
      "reshape: got f32[4, 6] to [6, 4], expected adjacent dimensions to be split or merged only.");
  expect_user_error(
      [&] {
        reshape(build, x, {5, 5});
      },
      "reshape: got f32[4, 6], expected as many elements as [5, 5] has.");
}

TEST(Reshape, TakesATensorWithoutElements) {
  GraphBuilder build;
  reshape(build, operand(build, "x", DType::f32, {0, 6}), {0, 2, 3});
  EXPECT_EQ(map_of_first(build).points(), 0);
}

TEST(Attention, CountsTwoProductsOfEveryPairOfPositions) {
  for (const bool causal : {false, true}) {
    GraphBuilder build;
    const ValueId qkv = operand(build, "qkv", DType::f32, {2, 7, 3, 4, 5});
    const ValueId loss = reduce_sum(build, attention(build, qkv, causal, 1));
    gradients(build, loss, std::vector{qkv});
    const double forward = 4.0 * 2 * 4 * 7 * 7 * 5 / (causal ? 2 : 1);
    EXPECT_NEAR(flops_of_node(build, 0), forward, 1e-9 * forward);
    for (size_t n = 0; n < build.graph().nodes().size(); ++n) {
      if (build.graph().nodes()[n].op->name() != "attention_backward") continue;
      EXPECT_NEAR(flops_of_node(build, n), 2.5 * forward, 1e-9 * forward);
    }
  }
}

TEST(Convolution, CountsTwoOperationsForEachWeightOfEachResult) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {2, 9, 9, 3});
  convolution(build, x, operand(build, "w", DType::f32, {4, 3, 3, 3}), {.stride = {2, 2}});
  EXPECT_EQ(flops_of_node(build, 0), 2.0 * 2 * 4 * 4 * 4 * 3 * 3 * 3);
}

TEST(Dropout, IsAFunctionOfTheStepAndKeepsTheMean) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f64, {100, 50});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  const ValueId y = dropout(build, x, step, 0.25, 3, 4);
  const Graph graph = std::move(build).build();
  Interpreter run(graph);
  run.set(x, std::vector<double>(5000, 1));
  const auto at_step = [&](double value) {
    run.set(step, {value});
    run.run();
    return run.get(y);
  };
  const std::vector<double> first = at_step(1);
  EXPECT_EQ(at_step(1), first);
  EXPECT_NE(at_step(2), first);
  double sum = 0;
  for (const double value : first) {
    EXPECT_TRUE(value == 0 || std::abs(value - 1 / 0.75) < 1e-12) << value;
    sum += value;
  }
  // The mean of 5000 draws of standard deviation 0.58 strays by 0.008; six of them.
  EXPECT_NEAR(sum / 5000, 1, 0.05);
}

TEST(Dropout, RefusesARateOfOne) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {2});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  expect_user_error([&] { dropout(build, x, step, 1, 0, 0); },
                    "dropout: got the rate 1, expected one in [0, 1).");
  EXPECT_EQ(dropout(build, x, step, 0, 0, 0), x);
}

TEST(Cast, BringsTheGradientBack) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {3});
  const auto found = gradients(build, reduce_sum(build, cast(build, x, DType::bf16)), std::vector{x});
  EXPECT_EQ(build.type(*found[0]).dtype, DType::f32);
  EXPECT_EQ(cast(build, x, DType::f32), x);
}

TEST(Gradients, OfF32ParametersBesideBf16AreF32) {
  GraphBuilder build;
  const ValueId ids = operand(build, "ids", DType::i32, {4});
  const ValueId table = operand(build, "table", DType::f32, {9, 6});
  const ValueId gamma = operand(build, "gamma", DType::f32, {6});
  const ValueId bias = operand(build, "bias", DType::f32, {6});
  const ValueId x = embedding(build, table, ids, DType::bf16);
  const ValueId y = add(build, layer_norm(build, x, gamma, bias), bias);
  const auto found = gradients(build, reduce_sum(build, y), std::vector{table, gamma, bias});
  for (const auto& id : found) EXPECT_EQ(build.type(*id).dtype, DType::f32);
}

TEST(Messages, NameTheOpAndWhatItGot) {
  GraphBuilder build;
  const ValueId x = operand(build, "x", DType::f32, {2, 3});
  const ValueId ids = operand(build, "ids", DType::i32, {2});
  const ValueId image = operand(build, "image", DType::f32, {1, 4, 4, 2});
  const ValueId weight = operand(build, "weight", DType::f32, {5, 2, 6, 6});
  const auto expect = [](const std::function<void()>& act, const std::string& message) {
    expect_user_error(act, message);
  };
  expect([&] { add(build, x, ids); },
         "add: got f32[2, 3] and i32[2], expected the second shape to end the first.");
  expect([&] { add(build, x, operand(build, "b", DType::i32, {3})); },
         "add: got the operand i32[3], expected elements of f32.");
  expect([&] { multiply(build, x, image); },
         "multiply: got f32[2, 3] and f32[1, 4, 4, 2], expected operands of one type.");
  expect([&] { layer_norm(build, x, x, x); },
         "layer_norm: got the operand f32[2, 3], expected the shape [3].");
  expect([&] { embedding(build, ids, ids, DType::f32); },
         "embedding: got i32[2], expected a floating-point operand.");
  expect([&] { attention(build, x, true, 1); },
         "attention: got f32[2, 3], expected the shape [batch, time, 3, heads, width].");
  expect(
      [&] {
        transpose(build, x, {0, 0});
      },
      "transpose: got the order [0, 0] for f32[2, 3], expected each dimension once.");
  expect([&] { cross_entropy(build, x, ids, 0); }, "cross_entropy: got 0 rows, expected at least one.");
  expect([&] { convolution(build, image, weight, {}); },
         "convolution: got a window of 6 over 4 positions with padding, expected room for one.");
  expect([&] { convolution(build, image, x, {}); },
         "convolution: got f32[1, 4, 4, 2] and f32[2, 3], expected");
  expect(
      [&] {
        max_pool(build, image, {2, 2}, {.dilation = {2, 2}});
      },
      "max_pool: got the dilation 2, expected none.");
  expect([&] { max_pool(build, image, {2}, {}); },
         "max_pool: got the window sizes [2] over [4, 4], expected 2 of them.");
  expect(
      [&] {
        max_pool(build, image, {2, 2}, {.stride = {0, 1}});
      },
      "max_pool: got the kernel 2, the stride 0 and the dilation 1, expected at least 1.");
}

}  // namespace
}  // namespace weft::testing
