#include "weft/plan/passes/hoist.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/add.h"
#include "weft/ops/cast.h"
#include "weft/ops/matmul.h"
#include "weft/ops/multiply.h"
#include "weft/ops/scale.h"
#include "weft/plan/passes/pack_weights.h"

namespace weft::testing {
namespace {

const TensorType kWeight{DType::f32, {4}};
const TensorType kHalf{DType::bf16, {4}};

std::vector<Phase> phases_of(const Graph& graph) {
  std::vector<Phase> phases;
  for (const Node& node : graph.nodes()) phases.push_back(node.phase);
  return phases;
}

TEST(Hoist, MakesOnceAStepWhatSeveralPhasesMakeOfAState) {
  GraphBuilder build;
  const ValueId x = build.input("x", kHalf, {"n"});
  const ValueId w = build.state("w", kWeight, {}, true);
  for (const Phase phase : {Phase::accumulate, Phase::evaluate}) {
    build.phase = phase;
    build.output("y", multiply(build, x, cast(build, w, DType::bf16)));
  }
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(result.gain, 2);
  EXPECT_EQ(phases_of(result.graph), (std::vector{Phase::refresh, Phase::accumulate, Phase::evaluate}));
  EXPECT_EQ(result.graph.updates().size(), 1U);
}

TEST(Hoist, KeepsOfAChainOnlyWhatOthersRead) {
  GraphBuilder build;
  const ValueId x = build.input("x", kWeight, {"n"});
  const ValueId w = build.state("w", kWeight, {}, true);
  build.output("y", multiply(build, x, cast(build, cast(build, w, DType::bf16), DType::f32)));
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(phases_of(result.graph), (std::vector{Phase::refresh, Phase::refresh, Phase::accumulate}));
  ASSERT_EQ(result.graph.updates().size(), 1U);
  EXPECT_EQ(result.graph.value(result.graph.updates()[0].state).name, "derived.0.w");
}

TEST(Hoist, LeavesWhatDependsOnAnInputOrIsNotWorthIt) {
  GraphBuilder build;
  const ValueId x = build.input("x", kWeight, {"n"});
  const ValueId w = build.state("w", kWeight, {}, true);
  build.output("a", cast(build, x, DType::bf16));
  build.output("b", scale(build, w, 2));
  build.output("c", build.add1(std::make_shared<Counter>(), {w}));
  EXPECT_EQ(run_pass(hoist(), std::move(build).build()).gain, 0);
}

TEST(Hoist, LeavesWhatDependsOnAStateThatEveryMicrobatchChanges) {
  const auto moved = [](bool several_microbatches) {
    GraphBuilder build;
    const ValueId x = build.input("x", kHalf, {"n"});
    const ValueId mean = build.state("mean", kWeight, {}, false);
    const ValueId w = build.state("w", kWeight, {}, true);
    build.output("y", multiply(build, x, cast(build, mean, DType::bf16)));
    build.update(mean, scale(build, mean, 0.5));
    if (several_microbatches) build.phase = Phase::update;
    build.update(w, scale(build, w, 0.5));
    return run_pass(hoist(), std::move(build).build()).gain;
  };
  EXPECT_EQ(moved(true), 0);
  EXPECT_EQ(moved(false), 1);
}

TEST(Hoist, ReadsADerivedStateWhereAnOutputOrAnUpdateIsTheMovedValue) {
  GraphBuilder build;
  const ValueId w = build.state("w", kWeight, {}, true);
  const ValueId s = build.state("s", kHalf, {}, false);
  const ValueId half = cast(build, w, DType::bf16);
  build.output("y", half);
  build.update(s, half);
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(result.graph.value(result.graph.outputs()[0].value).name, "derived.0.w");
}

TEST(Hoist, ChangesNoBit) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, {}, true);
  build.output("y", linear(build, x, w, true));
  const Graph packed = run_pass(pack_weights(), std::move(build).build()).graph;
  const PassResult result = run_pass(hoist(), packed);
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(results_of(result.graph, 2), results_of(packed));
}

}  // namespace
}  // namespace weft::testing
