#include "weft/plan/passes/hoist.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/cast.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/plan/passes/pack_weights.h"

namespace weft::testing {
namespace {

using Names = std::vector<std::string>;

const TensorType kWeight{DType::f32, {4}};
const TensorType kHalf{DType::bf16, {4}};

/// Names of the derived states.
Names derived(const Graph& graph) {
  Names names;
  for (const Value& value : graph.values()) {
    if (value.state_kind == kDerived) names.push_back(value.name);
  }
  return names;
}

/// x times a weight that is rounded first, in a segment of this cadence.
Graph rounded(const Cadence& cadence, double factor = 1) {
  GraphBuilder build(Segment{"product", cadence});
  const ValueId x = build.input("x", kHalf, {"n"});
  const ValueId w = build.state("w", kWeight, {}, kParameter);
  build.output("y", scale(build, multiply(build, x, cast(build, w, DType::bf16)), factor));
  return std::move(build).build();
}

TEST(Hoist, MakesOnceAStepWhatSeveralSegmentsMakeOfAState) {
  GraphBuilder build;
  const ValueId x = build.input("x", kHalf, {"n"});
  const ValueId w = build.state("w", kWeight, {}, kParameter);
  for (const SegmentId segment : {SegmentId{0}, build.segment({"evaluate", Cadence::on_call()})}) {
    const BuilderScope scope = build.in(segment);
    build.output("y", multiply(build, x, cast(build, w, DType::bf16)));
  }
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(result.gain, 2);
  EXPECT_EQ(segments(result.graph), (Names{"refresh", "accumulate", "evaluate"}));
  EXPECT_EQ(result.graph.segment(result.graph.order()[0]).name, "refresh");
  EXPECT_EQ(result.graph.updates().size(), 1U);
}

TEST(Hoist, KeepsOfAChainOnlyWhatOthersRead) {
  GraphBuilder build;
  const ValueId x = build.input("x", kWeight, {"n"});
  const ValueId w = build.state("w", kWeight, {}, kParameter);
  build.output("y", multiply(build, x, cast(build, cast(build, w, DType::bf16), DType::f32)));
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(segments(result.graph), (Names{"refresh", "refresh", "accumulate"}));
  EXPECT_EQ(result.graph.nodes()[1].label, "w");
  EXPECT_EQ(derived(result.graph).size(), 1U);
}

TEST(Hoist, LeavesWhatDependsOnAnInputOrIsNotWorthIt) {
  GraphBuilder build;
  const ValueId x = build.input("x", kWeight, {"n"});
  const ValueId w = build.state("w", kWeight, {}, kParameter);
  build.output("a", cast(build, x, DType::bf16));
  build.output("b", scale(build, w, 2));
  build.output("c", build.add1(std::make_shared<Counter>(), {w}));
  EXPECT_EQ(run_pass(hoist(), std::move(build).build()).gain, 0);
}

TEST(Hoist, LeavesWhatIsMadeOfAPrivateStateBecauseDerivedStatesAreSharedByName) {
  for (const StateKind& kind : {kBuffer, kPrivate}) {
    GraphBuilder build;
    const ValueId x = build.input("x", kHalf, {"n"});
    build.output("y", multiply(build, x, cast(build, build.state("w", kWeight, {}, kind), DType::bf16)));
    EXPECT_EQ(run_pass(hoist(), std::move(build).build()).gain, kind == kPrivate ? 0 : 1) << kind.name;
  }
}

TEST(Hoist, LeavesWhatRunsNoMoreThanOnceAStep) {
  EXPECT_EQ(run_pass(hoist(), rounded(Cadence::each_microbatch())).gain, 1);
  EXPECT_EQ(run_pass(hoist(), rounded(Cadence::on_call())).gain, 1);
  EXPECT_EQ(run_pass(hoist(), rounded(Cadence::each_step())).gain, 0);
  EXPECT_EQ(run_pass(hoist(), rounded(Cadence::every_steps(100))).gain, 0);
}

TEST(Hoist, LeavesWhatDependsOnAStateThatEveryMicrobatchChanges) {
  const auto moved = [](bool several_microbatches) {
    GraphBuilder build;
    const ValueId x = build.input("x", kHalf, {"n"});
    const ValueId mean = build.state("mean", kWeight, {}, kBuffer);
    const ValueId w = build.state("w", kWeight, {}, kParameter);
    build.output("y", multiply(build, x, cast(build, mean, DType::bf16)));
    build.update(mean, scale(build, mean, 0.5));
    const SegmentId last =
        several_microbatches ? build.segment({"update", Cadence::each_step()}) : build.segment();
    const BuilderScope scope = build.in(last);
    build.update(w, scale(build, w, 0.5));
    return run_pass(hoist(), std::move(build).build()).gain;
  };
  EXPECT_EQ(moved(true), 0);
  EXPECT_EQ(moved(false), 1);
}

TEST(Hoist, ReadsADerivedStateWhereAnOutputOrAnUpdateIsTheMovedValue) {
  GraphBuilder build;
  const ValueId w = build.state("w", kWeight, {}, kParameter);
  const ValueId s = build.state("s", kHalf, {}, kBuffer);
  const ValueId half = cast(build, w, DType::bf16);
  build.output("y", half);
  build.update(s, half);
  const PassResult result = run_pass(hoist(), std::move(build).build());
  EXPECT_EQ(result.gain, 1);
  ASSERT_EQ(derived(result.graph).size(), 1U);
  EXPECT_EQ(result.graph.value(result.graph.outputs()[0].value).name, derived(result.graph)[0]);
}

TEST(Hoist, GivesEqualValuesOfTwoProgramsOneNameAndNoOthers) {
  const auto names = [](const Graph& graph) { return derived(run_pass(hoist(), graph).graph); };
  const Names here = names(rounded(Cadence::each_microbatch()));
  ASSERT_EQ(here.size(), 1U);
  EXPECT_EQ(names(rounded(Cadence::on_call(), 3)), here);
  GraphBuilder build;
  build.output("y", cast(build, build.state("v", kWeight, {}, kParameter), DType::bf16));
  build.output("z", cast(build, build.state("w", kWeight, {}, kParameter), DType::f64));
  for (const std::string& other : names(std::move(build).build())) EXPECT_NE(other, here[0]);
}

TEST(Hoist, ChangesNoBit) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {32, 64}}, {"n", "c"});
  const ValueId w = build.state("w", {DType::f32, {48, 64}}, {}, kParameter);
  build.output("y", linear(build, x, w, true));
  const Graph packed = run_pass(pack_weights(), std::move(build).build()).graph;
  const PassResult result = run_pass(hoist(), packed);
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(results_of(result.graph, 2), results_of(packed));
}

}  // namespace
}  // namespace weft::testing
