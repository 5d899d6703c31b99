// Of run/, plan/passes/rematerialize.h: a Program that makes results again gives the bits of one that keeps
// them.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/interpreter.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/gelu.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/plan/pipeline.h"
#include "weft/run/executor.h"

namespace weft {
namespace {

/// Six layers with dropout, their loss, and a step of plain descent on each weight.
Graph descending() {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {8, 32}}, {"batch", "c"});
  const ValueId step = build.input("step", {DType::i64, {}}, {});
  std::vector<ValueId> weights;
  ValueId at = x;
  for (uint64_t layer = 0; layer < 6; ++layer) {
    weights.push_back(build.state("w" + std::to_string(layer), {DType::f32, {32, 32}}, {}, kParameter));
    at = dropout(build, gelu(build, linear(build, at, weights.back(), true), GeluKind::tanh), step, 0.2, 3,
                 layer);
  }
  const ValueId loss = reduce_sum(build, at);
  build.output("loss", loss);
  const auto found = gradients(build, loss, weights);
  for (size_t w = 0; w < weights.size(); ++w)
    build.update(weights[w], add(build, weights[w], scale(build, *found[w], -1e-3)));
  return std::move(build).build();
}

Program planned(const PlanOptions& options) {
  return make_plan(descending(), testing::device_named("cpu"), options).program;
}

/// The loss after each of three steps, and all weights then.
std::vector<double> after_three_steps(Program program) {
  StateStore store;
  Executor executor(std::move(program), store, Communicator::world());
  const SegmentId segment = executor.program().at("accumulate");
  std::vector<double> all;
  for (const auto& [name, named] : executor.program().named) {
    const View view = executor.view(name);
    if (view.type.dtype != DType::f32 || named.state_kind == kDerived) continue;
    testing::from_doubles(
        testing::random_values(1, static_cast<uint64_t>(name.back()), view.elems(), -0.3, 0.3), view);
  }
  for (int64_t step = 1; step <= 3; ++step) {
    *executor.view("step").as<int64_t>() = step;
    executor.refresh();
    executor.run(segment);
    all.push_back(executor.scalar(segment, "loss"));
  }
  for (const auto& [name, named] : executor.program().named) {
    if (named.state_kind != kParameter) continue;
    const std::vector<double> weight = testing::to_doubles(executor.view(name));
    all.insert(all.end(), weight.begin(), weight.end());
  }
  return all;
}

TEST(Recompute, GivesTheSameBitsInEveryStep) {
  PlanOptions recomputing;
  recomputing.recompute = [](const Graph& graph, ValueId value) {
    return graph.node(graph.value(value).producer).op->name() == "pointwise";
  };
  const Program keeps = planned({});
  const Program makes_again = planned(recomputing);
  EXPECT_GT(makes_again.segments[0].instructions.size(), keeps.segments[0].instructions.size() + 6);
  const std::vector<double> kept = after_three_steps(keeps);
  EXPECT_TRUE(std::isfinite(kept[2]));
  EXPECT_NE(kept[0], kept[2]) << "the weights change";
  EXPECT_EQ(after_three_steps(makes_again), kept);
}

}  // namespace
}  // namespace weft
