#include "weft/graph/segment.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/graph/toy_ops.h"
#include "tests/ops/expect_error.h"

namespace weft::testing {
namespace {

const TensorType kScalar{DType::f64, {}};

// Ids of different things do not mix, and a scope cannot be copied out of its block.
static_assert(!std::is_convertible_v<NodeId, SegmentId> && !std::is_convertible_v<int, SegmentId>);
static_assert(!std::is_copy_constructible_v<BuilderScope> && !std::is_move_constructible_v<BuilderScope>);

TEST(Cadence, SaysWhatItIsAndWhenItIsDue) {
  EXPECT_EQ(to_string(Cadence::each_microbatch()), "each microbatch");
  EXPECT_EQ(to_string(Cadence::each_step()), "each step");
  EXPECT_EQ(to_string(Cadence::every_steps(3)), "every 3 steps");
  EXPECT_EQ(to_string(Cadence::on_call()), "on call");
  std::vector<int64_t> steps;
  for (int64_t step = 0; step < 9; ++step) {
    EXPECT_TRUE(Cadence::each_step().due(step));
    EXPECT_FALSE(Cadence::on_call().due(step));
    if (Cadence::every_steps(3).due(step)) steps.push_back(step);
  }
  EXPECT_EQ(steps, (std::vector<int64_t>{2, 5, 8}));
}

TEST(Segments, StandInTheOrderInWhichTheyAreMadeButThoseThatComeFirst) {
  GraphBuilder build;
  const SegmentId update = build.segment({"update", Cadence::each_step()});
  const SegmentId refresh = build.first_segment({"refresh", Cadence::each_step()});
  EXPECT_EQ(build.segment({"update", Cadence::each_step()}), update) << "equal names are one segment";
  EXPECT_EQ(build.first_segment({"refresh", Cadence::each_step()}), refresh);
  const Graph graph = std::move(build).build();
  EXPECT_EQ(graph.order(), (std::vector<SegmentId>{refresh, SegmentId{0}, update}));
  EXPECT_EQ(graph.segment(SegmentId{0}).name, "accumulate");
  const GraphBuilder like(graph);
  EXPECT_EQ(like.graph().order(), graph.order());
  EXPECT_EQ(like.graph().segments(), graph.segments());
}

TEST(Segments, ABuilderMayBeginWithAnother) {
  GraphBuilder build(Segment{"mask", Cadence::every_steps(100), 1});
  build.output("y", product_of(build, build.input("x", kScalar, {}), build.input("x", kScalar, {})));
  const Graph graph = std::move(build).build();
  ASSERT_EQ(graph.segments().size(), 1U);
  EXPECT_EQ(graph.segment(graph.outputs()[0].segment).name, "mask");
}

TEST(Scopes, NestAndEndWithTheirBlock) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const SegmentId update = build.segment({"update", Cadence::each_step()});
  {
    const BuilderScope segment = build.in(update);
    const BuilderScope label = build.labelled("outer");
    {
      const BuilderScope inner = build.labelled("inner");
      const BuilderScope placement = build.placed("data: Shard(0)");
      product_of(build, x, x);
    }
    product_of(build, x, x);
  }
  product_of(build, x, x);
  {
    const Node first = build.graph().nodes()[0];
    const BuilderScope like = build.like(first);
    product_of(build, x, x);
  }
  EXPECT_THROW(
      {
        const BuilderScope segment = build.in(update);
        throw UserError("in the middle");
      },
      UserError);
  product_of(build, x, x);
  const std::vector<Node>& nodes = build.graph().nodes();
  const std::vector<std::string> labels{"inner", "outer", "", "inner", ""};
  const std::vector<std::string> placements{"data: Shard(0)", "", "", "data: Shard(0)", ""};
  const std::vector<SegmentId> segments{update, update, SegmentId{0}, update, SegmentId{0}};
  for (size_t n = 0; n < nodes.size(); ++n) {
    EXPECT_EQ(nodes[n].label, labels[n]) << n;
    EXPECT_EQ(nodes[n].placement, placements[n]) << n;
    EXPECT_EQ(nodes[n].segment, segments[n]) << n;
  }
}

TEST(Segments, OneNameHasOneMeaning) {
  GraphBuilder build;
  build.segment({"update", Cadence::each_step()});
  expect_internal_error(
      [&] {
        build.segment({"update", Cadence::every_steps(2)});
      },
      "the segment update is made twice and differently");
}

TEST(Segments, HaveAtLeastOneSlotAndOneStep) {
  GraphBuilder none(Segment{"accumulate", Cadence::each_microbatch(), 0});
  expect_internal_error([&] { verify(none.graph()); }, "the segment accumulate has 0 slots");
  GraphBuilder never(Segment{"mask", Cadence::every_steps(0)});
  expect_internal_error([&] { verify(never.graph()); }, "the segment mask runs every 0 steps");
  GraphBuilder two(Segment{"accumulate", Cadence::each_microbatch(), 2});
  verify(two.graph());
}

TEST(Segments, ThoseOfAMicrobatchStandTogether) {
  GraphBuilder build;
  build.segment({"evaluate", Cadence::on_call()});  // in no step, so in nobody's way
  build.segment({"backward", Cadence::each_microbatch()});
  verify(build.graph());
  build.segment({"update", Cadence::each_step()});
  build.segment({"again", Cadence::each_microbatch()});
  expect_internal_error([&] { verify(build.graph()); },
                        "segments that run each step stand between those that run each microbatch");
}

TEST(Segments, HandOverOnlyWhatTheyCompute) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId w = build.state("w", kScalar, {}, kBuffer);
  const ValueId y = product_of(build, x, x);
  const BuilderScope scope = build.in(build.segment({"update", Cadence::each_step()}));
  build.output("x", x);  // an input belongs to none
  verify(build.graph());
  build.update(w, y);
  expect_internal_error([&] { verify(build.graph()); },
                        "the next w of segment update is a value of segment accumulate");
}

TEST(Segments, GiveOutputsOfTheirOwn) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const ValueId y = product_of(build, x, x);
  const BuilderScope scope = build.in(build.segment({"evaluate", Cadence::on_call()}));
  build.output("y", y);
  expect_internal_error([&] { verify(build.graph()); },
                        "the output y of segment evaluate is a value of segment accumulate");
}

TEST(Segments, ANodeOfNoneIsFound) {
  GraphBuilder build;
  const ValueId x = build.input("x", kScalar, {});
  const BuilderScope scope = build.in(SegmentId{7});
  product_of(build, x, x);
  expect_internal_error([&] { verify(build.graph()); }, "there is no segment 7");
}

}  // namespace
}  // namespace weft::testing
