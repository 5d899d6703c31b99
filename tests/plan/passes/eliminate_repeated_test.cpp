#include "weft/plan/passes/eliminate_repeated.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/parallel/comm_ops.h"

namespace weft::testing {
namespace {

const TensorType kRow{DType::f32, {4}};

TEST(EliminateRepeated, MergesChainsOfEqualNodes) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId a = gelu(build, scale(build, x, 2), GeluKind::tanh);
  const ValueId b = gelu(build, scale(build, x, 2), GeluKind::tanh);
  build.output("y", add(build, a, b));
  const PassResult result = run_pass(eliminate_repeated(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 3U);
  EXPECT_EQ(result.gain, 2);
}

TEST(EliminateRepeated, KeepsNodesApartThatDifferInAnAttributeAnOperandOrASegment) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId z = build.input("z", kRow, {"n"});
  build.output("a", scale(build, x, 2));
  build.output("b", scale(build, x, 3));
  build.output("c", scale(build, z, 2));
  {
    const BuilderScope evaluate = build.in(build.segment({"evaluate", Cadence::on_call()}));
    build.output("d", scale(build, x, 2));
  }
  const PassResult result = run_pass(eliminate_repeated(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 4U);
  EXPECT_EQ(result.gain, 0);
}

TEST(EliminateRepeated, MergesNodesThatDrawTheSameRandomNumbers) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  build.output("a", dropout(build, x, step, 0.5, 1, 2));
  build.output("b", dropout(build, x, step, 0.5, 1, 2));
  build.output("c", dropout(build, x, step, 0.5, 1, 3));
  const PassResult result = run_pass(eliminate_repeated(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 2U);
  EXPECT_EQ(result.graph.outputs()[0].value, result.graph.outputs()[1].value);
}

TEST(EliminateRepeated, NeverMergesCommunication) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const OpPtr reduce = all_reduce_op({0}, 2, Combine::sum, {kRow});
  build.output("a", build.add1(reduce, {x}));
  build.output("b", build.add1(reduce, {x}));
  EXPECT_EQ(run_pass(eliminate_repeated(), std::move(build).build()).gain, 0);
}

TEST(EliminateRepeated, NeverMergesOpsWithHiddenState) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  build.output("a", build.add1(std::make_shared<Counter>(), {x}));
  build.output("b", build.add1(std::make_shared<Counter>(), {x}));
  EXPECT_EQ(run_pass(eliminate_repeated(), std::move(build).build()).gain, 0);
}

TEST(EliminateRepeated, MergesConstantsOnlyWhereTheyHaveNoDimensionToSplit) {
  GraphBuilder build;
  build.output("a", fill(build, {DType::f32, {}}, 1));
  build.output("b", fill(build, {DType::f32, {}}, 1));
  build.output("c", fill(build, kRow, 1));
  build.output("d", fill(build, kRow, 1));
  EXPECT_EQ(run_pass(eliminate_repeated(), std::move(build).build()).graph.nodes().size(), 3U);
}

TEST(EliminateRepeated, LeavesEveryStateAValueToBeOverwrittenBy) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId s = build.state("s", kRow, {}, kBuffer);
  const ValueId t = build.state("t", kRow, {}, kBuffer);
  build.update(s, scale(build, x, 2));
  build.update(t, scale(build, x, 2));
  build.output("y", scale(build, x, 2));
  const PassResult result = run_pass(eliminate_repeated(), std::move(build).build());
  EXPECT_EQ(result.graph.nodes().size(), 2U);
  EXPECT_NE(result.graph.updates()[0].next, result.graph.updates()[1].next);
}

TEST(EliminateRepeated, ChangesNoBitOfALossAndItsGradients) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {6, 5}}, {"batch", "c"});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  const ValueId w = build.state("w", {DType::f32, {7, 5}}, {}, kParameter);
  // The same branch twice, and each with its own backward pass.
  std::vector<ValueId> branches;
  for (int i = 0; i < 2; ++i) {
    branches.push_back(
        dropout(build, gelu(build, linear(build, x, w, true), GeluKind::erf), step, 0.3, 1, 2));
  }
  const ValueId loss = reduce_sum(build, multiply(build, branches[0], add(build, branches[1], branches[0])));
  build.output("loss", loss);
  build.output("gradient", *gradients(build, loss, std::span(&w, 1)).front());
  const Graph graph = std::move(build).build();
  const PassResult result = run_pass(eliminate_repeated(), graph);
  EXPECT_GE(result.gain, 3);
  EXPECT_EQ(results_of(result.graph), results_of(graph));
}

}  // namespace
}  // namespace weft::testing
