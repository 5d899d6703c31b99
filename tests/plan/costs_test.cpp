#include "weft/plan/costs.h"

#include <gtest/gtest.h>

#include "weft/ops/pointwise/scale.h"

namespace weft {
namespace {

TEST(Costs, ALayerIsAllThatANameSaysUpToItsFirstNumber) {
  EXPECT_EQ(layer_of("h.3.mlp.proj.weight"), "h.3");
  EXPECT_EQ(layer_of("h.10.attn"), "h.10");
  EXPECT_EQ(layer_of("stage1.conv.weight"), "stage1");
  EXPECT_EQ(layer_of("encoder.layers.0"), "encoder.layers.0");
  EXPECT_EQ(layer_of("wte"), "wte");
  EXPECT_EQ(layer_of(""), "");
  EXPECT_EQ(layer_of("."), "");
  EXPECT_EQ(layer_of("a..7"), "a..7");
  EXPECT_EQ(layer_of("gradient norm"), "gradient norm");
}

Instruction instruction(const OpPtr& op, const std::string& label, double scale) {
  Instruction made;
  made.op = op;
  made.label = label;
  made.predicted.flops = 3 * scale;
  made.predicted.moved_bytes = static_cast<int64_t>(5 * scale);
  made.predicted.network_bytes = static_cast<int64_t>(7 * scale);
  made.predicted.ms = 11 * scale;
  made.predicted.bound = scale > 2 ? Bound::memory : Bound::arithmetic;
  return made;
}

/// A microbatch of two instructions, an update of one, and an evaluation that is no part of a step.
Program program() {
  GraphBuilder build;
  build.output("y", scale(build, build.state("w", {DType::f32, {4}}, {}, kParameter), 2));
  const OpPtr op = std::move(build).build().nodes().front().op;
  Program made;
  made.segments.push_back({.segment = {"accumulate", Cadence::each_microbatch()}});
  made.segments.push_back({.segment = {"evaluate", Cadence::on_call()}});
  made.segments.push_back({.segment = {"update", Cadence::each_step()}});
  made.segments[0].instructions = {instruction(op, "h.2.fc", 1), instruction(op, "h.10.fc", 2)};
  made.segments[1].instructions = {instruction(op, "h.2.fc", 1000)};
  made.segments[2].instructions = {instruction(op, "h.2.fc.weight", 4)};
  for (int i = 0; i < 3; ++i) made.order.push_back(SegmentId{i});
  NamedSlot weight{.slot = {}, .where = {}, .kind = ValueKind::state, .state_kind = kParameter};
  weight.where.global_type = {DType::f32, {3, 5}};
  made.named.emplace("h.2.fc.weight", weight);
  made.states.emplace_back("h.2.fc.weight");
  return made;
}

TEST(Costs, MicrobatchesCountAsOftenAsTheyRunAndCallsNot) {
  Program made = program();
  double each = 1;
  for (SegmentProgram& segment : made.segments) {
    for (Instruction& instruction : segment.instructions) instruction.predicted.ms = 0;
    segment.instructions.front().predicted.ms = each;
    each *= 10;
  }
  EXPECT_DOUBLE_EQ(cost_of_step(made, 1).ms, 101);
  EXPECT_DOUBLE_EQ(cost_of_step(made, 3).ms, 103);
}

TEST(Costs, ClassesOfWorkAddUpToTheStep) {
  Program made = program();
  made.segments[0].instructions[1].work = WorkClass::contraction;
  const std::map<WorkClass, Cost> classes = cost_by_class(made, 3);
  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes.at(WorkClass::contraction).flops, 3 * 3 * 2);
  Cost sum;
  for (const auto& [work, cost] : classes) sum.add(cost);
  const Cost step = cost_of_step(made, 3);
  EXPECT_EQ(sum.flops, step.flops);
  EXPECT_EQ(sum.moved_bytes, step.moved_bytes);
  EXPECT_EQ(sum.ms, step.ms);
  EXPECT_EQ(sum.ms_of(Bound::memory), step.ms_of(Bound::memory));
}

TEST(Costs, WhatIsReachedOfCeilingAndMemoryIsAShareOfTheTime) {
  Cost cost;
  // 8 MB of which 6 are needed, in twice the time that memory takes for them.
  cost.add(
      {.ms = 0.8, .ceiling_ms = 0.4, .least_ms = 0.3, .least_bytes = 6'000'000, .moved_bytes = 8'000'000}, 5);
  EXPECT_DOUBLE_EQ(percent_of(cost.ceiling_ms, cost.ms), 50);
  // (least / moved) * (achieved / peak) * 100, as the paper writes it.
  EXPECT_NEAR(percent_of(cost.least_ms, cost.ms), 6.0 / 8 * (10.0 / 20) * 100, 1e-9);
  EXPECT_EQ(percent_of(1, 0), 0) << "what took no time";
}

TEST(Costs, TablesAddUpToTheStepThatTheInstructionsMake) {
  const Program made = program();
  for (const int64_t microbatches : {1, 8}) {
    const Cost step = cost_of_step(made, microbatches);
    EXPECT_EQ(step.flops, 3 * (3.0 * static_cast<double>(microbatches) + 4));
    EXPECT_EQ(step.moved_bytes, 15 * microbatches + 20);
    EXPECT_EQ(step.network_bytes, 21 * microbatches + 28);
    EXPECT_EQ(step.ms, 11 * (3.0 * static_cast<double>(microbatches) + 4));
    EXPECT_EQ(step.ms_of(Bound::memory), 44);
    for (const CostTable& table : {cost_by_layer(made, microbatches), cost_by_op(made, microbatches)}) {
      PartCost sum;
      for (const auto& [name, part] : table) {
        sum.cost.flops += part.cost.flops;
        sum.cost.moved_bytes += part.cost.moved_bytes;
        sum.cost.network_bytes += part.cost.network_bytes;
        sum.cost.ms += part.cost.ms;
      }
      EXPECT_EQ(sum.cost.flops, step.flops);
      EXPECT_EQ(sum.cost.moved_bytes, step.moved_bytes);
      EXPECT_EQ(sum.cost.network_bytes, step.network_bytes);
      EXPECT_EQ(sum.cost.ms, step.ms);
    }
  }
}

TEST(Costs, LayersAreInTheOrderOfPeopleAndHaveTheirParameters) {
  const CostTable table = cost_by_layer(program(), 1);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.begin()->first, "h.2");
  EXPECT_EQ(table.begin()->second.parameters, 15);
  EXPECT_EQ(table.rbegin()->first, "h.10");
  EXPECT_EQ(table.rbegin()->second.parameters, 0);
}

}  // namespace
}  // namespace weft
