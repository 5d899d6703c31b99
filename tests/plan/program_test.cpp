// Plans of small graphs: order, and that a plan computes what its graph says.
#include <gtest/gtest.h>

#include "tests/ops/interpreter.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/plan/pipeline.h"

namespace weft {
namespace {

const Initializer kZero{};

PlanOptions one_rank() { return {}; }

TEST(Plan, DropsWhatNothingReads) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4}}, {"n"});
  scale(build, x, 3);
  build.output("y", scale(build, x, 2));
  const Plan plan = make_plan(std::move(build).build(), testing::device_named("cpu"), one_rank());
  EXPECT_EQ(plan.program.segment(plan.program.at("accumulate")).instructions.size(), 1U);
}

TEST(Plan, PacksAWeightOnceAStepAndKeepsItAsDerivedState) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, kZero, kParameter);
  build.output("y", linear(build, x, w, true));
  const Graph graph = std::move(build).build();
  const Plan packed = make_plan(graph, testing::device_named("cpu"), one_rank());
  ASSERT_TRUE(packed.program.find("refresh").has_value());
  EXPECT_EQ(packed.program.segment(packed.program.at("refresh")).instructions.size(), 1U);
  PlanOptions skipping;
  skipping.skip = {"pack_weights"};
  EXPECT_FALSE(make_plan(graph, testing::device_named("cpu"), skipping).program.find("refresh").has_value());
}

/// A token at a time reads each weight once: a packed copy would cost more than it saves.
TEST(Plan, LeavesTheWeightOfASingleRowAsItIs) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {1, 1, 64}}, {"batch", "sequence", "c"});
  build.output("y", linear(build, x, build.state("w", {DType::f32, {48, 64}}, kZero, kParameter), true));
  const Program program =
      make_plan(std::move(build).build(), testing::device_named("cpu"), one_rank()).program;
  EXPECT_FALSE(program.find("refresh").has_value());
  EXPECT_EQ(program.states, std::vector<std::string>{"w"});
}

TEST(Plan, RefusesMoreThanOneMicrobatchInFlight) {
  GraphBuilder build(Segment{"accumulate", Cadence::each_microbatch(), 2});
  build.output("y", scale(build, build.input("x", {DType::f32, {4}}, {"n"}), 2));
  try {
    make_plan(std::move(build).build(), testing::device_named("cpu"), one_rank());
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "segment accumulate: it has 2 slots, and one microbatch at a time is all that can be planned");
  }
}

TEST(Plan, KeepsTheOrderAndCadenceOfSegmentsAndPutsStatesOutsideTheArena) {
  GraphBuilder build;
  const TensorType type{DType::f32, {22}};
  const ValueId x = build.input("x", type, {"n"});
  const ValueId w = build.state("w", type, kZero, kParameter);
  build.output("y", add(build, x, w));
  build.segment({"empty", Cadence::each_step()});
  {
    const BuilderScope update = build.in(build.segment({"update", Cadence::every_steps(5)}));
    build.update(w, scale(build, w, 2));
  }
  const Program program =
      make_plan(std::move(build).build(), testing::device_named("cpu"), one_rank()).program;
  ASSERT_EQ(program.order.size(), 2U) << "a segment with nothing to do is not run";
  EXPECT_EQ(program.segment(program.order[0]).segment.name, "accumulate");
  EXPECT_EQ(program.segment(program.order[1]).segment.cadence, Cadence::every_steps(5));
  EXPECT_FALSE(program.find("empty").has_value());
  const Instruction& sum = program.segment(program.at("accumulate")).instructions.at(0);
  EXPECT_EQ(sum.inputs[0].state, -1);
  EXPECT_EQ(program.states.at(static_cast<size_t>(sum.inputs[1].state)), "w");
  EXPECT_EQ(program.segment(program.at("update")).instructions.at(0).outputs[0].state, sum.inputs[1].state)
      << "written over the state";
  EXPECT_EQ(program.state_bytes, 128);
  EXPECT_EQ(program.input_bytes, 128);
  EXPECT_EQ(program.arena_bytes, 128 + 128) << "the input and the sum";
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
  const ValueId up = build.state("up", {DType::f32, {64, 16}}, kZero, kParameter);
  const ValueId down = build.state("down", {DType::f32, {16, 64}}, kZero, kParameter);
  const ValueId hidden = gelu(build, linear(build, x, up, true), GeluKind::tanh);
  build.output("y", linear(build, hidden, down, true));
  PlanOptions options;
  options.mesh = Mesh({{"tensor", 4}});
  const Plan plan = make_plan(std::move(build).build(), testing::device_named("cpu"), options);
  int64_t reduces = 0;
  for (const Instruction& instruction : plan.program.segment(plan.program.at("accumulate")).instructions) {
    if (instruction.kind != InstructionKind::comm_start) continue;
    EXPECT_EQ(instruction.op->name(), "all_reduce");
    EXPECT_EQ(instruction.predicted.network_bytes, 2 * 8 * 16 * 4 * 3 / 4);
    EXPECT_EQ(instruction.work, WorkClass::movement);
    ++reduces;
  }
  EXPECT_EQ(reduces, 1);
  EXPECT_EQ(plan.program.named.at("up").slot.type.shape, (Dims{16, 16}));
  EXPECT_EQ(plan.program.named.at("down").slot.type.shape, (Dims{16, 16}));
}

TEST(Plan, PricesEachGroupByTheNetworkThatItsRanksShare) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {8, 16}}, {"batch", "c"});
  const ValueId up = build.state("up", {DType::f32, {64, 16}}, kZero, kParameter);
  const ValueId down = build.state("down", {DType::f32, {16, 64}}, kZero, kParameter);
  const ValueId hidden = gelu(build, linear(build, x, up, true), GeluKind::tanh);
  // Not linear: a sum would take what is owed as it is.
  build.output("y", reduce_sum(build, tanh(build, linear(build, hidden, down, true))));
  const Graph graph = std::move(build).build();
  PlanOptions options;
  options.mesh = Mesh({{"data", 2}, {"tensor", 2}});
  options.machine.network = {{"node", 2, 1, 1000}, {"network", std::nullopt, 100, 1000}};
  // Ranks 0 and 1 are one tensor group and one node; ranks 0 and 2 are one data group.
  std::map<std::vector<int>, double> ms;
  std::map<std::vector<int>, int64_t> operands;
  const Plan plan = make_plan(graph, testing::device_named("cpu"), options);
  const SegmentProgram& code = plan.program.segment(plan.program.at("accumulate"));
  for (const Instruction& instruction : code.instructions) {
    if (instruction.kind != InstructionKind::comm_start) continue;
    ms[instruction.op->communication()->mesh_axes] += instruction.predicted.ms;
    operands[instruction.op->communication()->mesh_axes] += instruction.inputs[0].type.bytes();
  }
  const std::vector<int> data{0};
  const std::vector<int> tensor{1};
  // Two messages each; [4, 16] f32 within a node, a scalar between nodes; MB/s are bytes a microsecond.
  EXPECT_DOUBLE_EQ(ms.at(tensor), 2e-3 + 4 * 16 * 4 * 1e-6);
  EXPECT_DOUBLE_EQ(ms.at(data), 0.2 + 4e-6);
  EXPECT_EQ(planned_network_bytes(code), operands);
}

}  // namespace
}  // namespace weft
