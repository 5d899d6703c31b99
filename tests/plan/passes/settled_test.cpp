#include "weft/plan/passes/settled.h"

#include <gtest/gtest.h>

#include "weft/ops/pointwise/cast.h"
#include "weft/ops/pointwise/scale.h"

namespace weft {
namespace {

const TensorType kRow{DType::f32, {4}};

/// A parameter and another state, each changed in a segment of its own.
struct Step {
  GraphBuilder build{Segment{"early", Cadence::each_step()}};
  SegmentId early{0};
  SegmentId micro = build.segment({"micro", Cadence::each_microbatch()});
  SegmentId late = build.segment({"late", Cadence::every_steps(5)});
  SegmentId call = build.segment({"call", Cadence::on_call()});
  SegmentId other_call = build.segment({"other_call", Cadence::on_call()});
  ValueId w = build.state("w", kRow, {}, kParameter);
  ValueId s = build.state("s", kRow, {}, kBuffer);

  void change(ValueId state, SegmentId in) {
    const BuilderScope scope = build.in(in);
    build.update(state, scale(build, state, 0.5));
  }
  /// Names of the segments that may read the state from what was made at the start.
  std::string settled_for(ValueId state) {
    const Graph graph = std::move(build).build();
    const SettledValues settled(graph);
    std::string names;
    for (const SegmentId id : graph.order()) {
      if (settled(state, id)) names += (names.empty() ? "" : " ") + graph.segment(id).name;
    }
    return names;
  }
};

TEST(SettledValues, AreStatesThatNothingChanges) {
  Step step;
  EXPECT_EQ(step.settled_for(step.s), "early micro late call other_call");
}

TEST(SettledValues, ChangeForSegmentsAfterTheUpdateAndNotForThoseOnCall) {
  Step step;
  step.change(step.s, step.early);
  EXPECT_EQ(step.settled_for(step.s), "early call other_call");
}

TEST(SettledValues, ChangeBetweenMicrobatches) {
  Step step;
  step.change(step.s, step.micro);
  step.change(step.w, step.late);
  EXPECT_EQ(step.settled_for(step.s), "early call other_call");
}

TEST(SettledValues, HaveOneMicrobatchWhereItChangesParameters) {
  Step step;
  step.change(step.s, step.micro);
  step.change(step.w, step.micro);
  EXPECT_EQ(step.settled_for(step.s), "early micro call other_call");
}

TEST(SettledValues, ChangeBetweenCallsForAllThatIsOnCall) {
  Step step;
  step.change(step.s, step.call);
  EXPECT_EQ(step.settled_for(step.s), "early micro late");
}

TEST(SettledValues, AreMadeOfSuchByHoistableNodes) {
  Step step;
  const BuilderScope scope = step.build.in(step.micro);
  const ValueId x = step.build.input("x", kRow, {"n"});
  const ValueId half = cast(step.build, step.w, DType::bf16);
  const ValueId again = cast(step.build, half, DType::f32);
  const ValueId of_input = cast(step.build, x, DType::bf16);
  const ValueId not_worth = scale(step.build, step.w, 2);
  const Graph& graph = step.build.graph();
  const SettledValues settled(graph);
  EXPECT_TRUE(settled(half, step.micro));
  EXPECT_TRUE(settled(again, step.micro));
  EXPECT_FALSE(settled(of_input, step.micro));
  EXPECT_FALSE(settled(not_worth, step.micro));
  EXPECT_FALSE(settled(x, step.micro));
}

}  // namespace
}  // namespace weft
