// Plans of small graphs: sharing of memory, order, and that a plan computes what its graph says.
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/ops/add.h"
#include "weft/ops/gelu.h"
#include "weft/ops/matmul.h"
#include "weft/ops/scale.h"
#include "weft/plan/buffers.h"
#include "weft/plan/pipeline.h"

namespace weft {
namespace {

constexpr Initializer kZero{};

PlanOptions one_rank() { return {}; }

TEST(Buffers, AnUpdateIsWrittenOverItsStateWhenNobodyReadsItLater) {
  GraphBuilder build;
  const ValueId state = build.state("s", {DType::f64, {8}}, kZero, false);
  const ValueId next = scale(build, state, 2);
  build.update(state, next);
  const Graph graph = std::move(build).build();
  const PhaseBuffers buffers = share_buffers(graph, Phase::accumulate);
  EXPECT_EQ(buffers.of_value.at(next).named, state);
  EXPECT_TRUE(buffers.copies.empty());
  EXPECT_TRUE(buffers.transients.empty());
}

TEST(Buffers, AnUpdateIsCopiedWhenTheOldValueIsReadAfterIt) {
  GraphBuilder build;
  const ValueId state = build.state("s", {DType::f64, {8}}, kZero, false);
  const ValueId next = scale(build, state, 2);
  build.output("both", add(build, next, state));
  build.update(state, next);
  const PhaseBuffers buffers = share_buffers(std::move(build).build(), Phase::accumulate);
  EXPECT_EQ(buffers.copies.size(), 1U);
}

TEST(Plan, DropsWhatNothingReads) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4}}, {"n"});
  scale(build, x, 3);
  build.output("y", scale(build, x, 2));
  const Plan plan = make_plan(std::move(build).build(), testing::device_named("cpu"), one_rank());
  EXPECT_EQ(plan.program.phases.at(Phase::accumulate).instructions.size(), 1U);
}

TEST(Plan, PacksAWeightOnceAStepAndKeepsItAsDerivedState) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, kZero, true);
  build.output("y", linear(build, x, w, true));
  const Graph graph = std::move(build).build();
  const Plan packed = make_plan(graph, testing::device_named("cpu"), one_rank());
  ASSERT_TRUE(packed.program.phases.contains(Phase::refresh));
  EXPECT_EQ(packed.program.phases.at(Phase::refresh).instructions.size(), 1U);
  PlanOptions skipping;
  skipping.skip = {"pack_weights"};
  EXPECT_FALSE(
      make_plan(graph, testing::device_named("cpu"), skipping).program.phases.contains(Phase::refresh));
}

TEST(Assign, SaysWhatAMeshAxisCannotSplit) {
  GraphBuilder build;
  build.output("y", scale(build, build.input("x", {DType::f32, {4}}, {"n"}), 2));
  PlanOptions options;
  options.mesh = Mesh({{"height", 2}});
  try {
    make_plan(std::move(build).build(), testing::device_named("cpu"), options);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "parallel.height=2: no input of this model has a dimension \"height\" to split");
  }
}

TEST(Plan, PredictsMegatronsSplitOfTwoProducts) {
  // x·W1 split by columns, gelu, ·W2 split by rows: one all-reduce forward and nothing else.
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {8, 16}}, {"batch", "c"});
  const ValueId up = build.state("up", {DType::f32, {64, 16}}, kZero, true);
  const ValueId down = build.state("down", {DType::f32, {16, 64}}, kZero, true);
  const ValueId hidden = gelu(build, linear(build, x, up, true), GeluKind::tanh);
  build.output("y", linear(build, hidden, down, true));
  PlanOptions options;
  options.mesh = Mesh({{"tensor", 4}});
  const Plan plan = make_plan(std::move(build).build(), testing::device_named("cpu"), options);
  int64_t reduces = 0;
  for (const Instruction& instruction : plan.program.phases.at(Phase::accumulate).instructions) {
    if (instruction.kind != InstructionKind::comm_start) continue;
    EXPECT_EQ(instruction.op->name(), "all_reduce");
    EXPECT_EQ(instruction.network_bytes, 2 * 8 * 16 * 4 * 3 / 4);
    ++reduces;
  }
  EXPECT_EQ(reduces, 1);
  EXPECT_EQ(plan.program.named.at("up").slot.type.shape, (Dims{16, 16}));
  EXPECT_EQ(plan.program.named.at("down").slot.type.shape, (Dims{16, 16}));
}

}  // namespace
}  // namespace weft
