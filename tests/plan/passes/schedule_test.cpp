#include "weft/plan/passes/schedule.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/shape/reshape.h"
#include "weft/parallel/comm_ops.h"
#include "weft/plan/buffers.h"

namespace weft::testing {
namespace {

using Titles = std::vector<std::string>;

const TensorType kRow{DType::f32, {8}};

ValueId reduced(GraphBuilder& build, ValueId value) {
  return build.add1(all_reduce_op({0}, 2, Combine::sum, {kRow}), {value});
}

/// A parameter and samples of its shape, which a product of both updates: a node of the optimizer, "x0 * x1".
struct Descent {
  GraphBuilder build;
  ValueId x = build.input("x", kRow, {"batch"});
  ValueId w = build.state("w", kRow, {}, kParameter);

  void update(ValueId gradient) { build.update(w, multiply(build, w, gradient)); }
  PassResult scheduled() { return run_pass(schedule(), std::move(build).build()); }
};

TEST(Schedule, StartsCommunicationAsSoonAsItsOperandIsThere) {
  Descent d;
  const ValueId a = scale(d.build, d.x, 2);
  const ValueId b = scale(d.build, d.x, 3);
  d.build.output("b", scale(d.build, b, 4));
  d.build.output("a", reduced(d.build, a));
  const PassResult result = d.scheduled();
  EXPECT_EQ(titles(result.graph), (Titles{"x0 * 2.0", "all_reduce", "x0 * 3.0", "x0 * 4.0"}));
  EXPECT_EQ(result.gain, 1);
}

TEST(Schedule, LeavesTheReaderOfACommunicationInItsPlaceSoThatTheWaitComesLate) {
  Descent d;
  const ValueId a = reduced(d.build, scale(d.build, d.x, 2));
  const ValueId b = scale(d.build, scale(d.build, d.x, 3), 4);
  d.build.output("y", add(d.build, b, a));
  const Graph graph = d.scheduled().graph;
  const std::vector<Step> steps = steps_of(graph, SegmentId{0});
  ASSERT_EQ(steps.size(), 6U);  // scale, start, scale, scale, wait, add
  EXPECT_FALSE(steps[1].wait);
  EXPECT_TRUE(steps[4].wait);
  EXPECT_EQ(steps[4].start, 1);
}

TEST(Schedule, RunsOptimizerNodesAsSoonAsTheyCan) {
  Descent d;
  const ValueId gradient = scale(d.build, d.x, 2);
  d.build.output("y", scale(d.build, d.x, 3));
  d.update(gradient);
  EXPECT_EQ(titles(d.scheduled().graph), (Titles{"x0 * 2.0", "x0 * x1", "x0 * 3.0"}));
}

TEST(Schedule, LetsAnOptimizerNodeThatWaitsForCommunicationStandBack) {
  Descent d;
  const ValueId gradient = reduced(d.build, scale(d.build, d.x, 2));
  d.build.output("y", scale(d.build, d.x, 3));
  d.update(gradient);
  EXPECT_EQ(titles(d.scheduled().graph), (Titles{"x0 * 2.0", "all_reduce", "x0 * 3.0", "x0 * x1"}));
}

TEST(Schedule, OverwritesAStateAfterAllReadersOfItAndOfItsViews) {
  Descent d;
  const ValueId seen = reshape(d.build, d.w, {2, 4});
  d.build.output("a", scale(d.build, d.x, 2));
  d.build.output("b", scale(d.build, d.w, 3));
  d.build.output("c", scale(d.build, seen, 4));
  d.update(d.x);
  const Graph graph = d.scheduled().graph;
  EXPECT_EQ(titles(graph).back(), "x0 * x1");
  EXPECT_TRUE(share_buffers(graph, SegmentId{0}).copies.empty());
}

TEST(Schedule, OrdersEverySegmentByItself) {
  Descent d;
  const SegmentId first = d.build.first_segment({"first", Cadence::each_step()});
  d.build.output("a", scale(d.build, d.x, 2));
  {
    const BuilderScope scope = d.build.in(first);
    d.build.output("b", scale(d.build, d.x, 3));
  }
  EXPECT_EQ(titles(d.scheduled().graph), (Titles{"x0 * 3.0", "x0 * 2.0"}));
}

TEST(Schedule, NamesTheNodesOfACycle) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const OpPtr sum = [&] {
    GraphBuilder other;
    const ValueId y = other.input("y", kRow, {"n"});
    const ValueId z = other.input("z", kRow, {"n"});
    add(other, y, z);
    return other.graph().nodes()[0].op;
  }();
  const ValueId a = build.adopt(Value{.name = {}, .type = kRow});
  const ValueId b = build.adopt(Value{.name = {}, .type = kRow});
  build.adopt(Node{.op = sum, .inputs = {x, b}, .outputs = {a}, .label = "first"});
  build.adopt(Node{.op = sum, .inputs = {x, a}, .outputs = {b}, .label = "second"});
  const PlanOptions options;
  try {
    schedule().run(build.graph(), {device_named("cpu"), options});
    FAIL() << "no error";
  } catch (const InternalError& error) {
    const std::string said =
        "the segment accumulate has a cycle: x0 + x1 (first) waits for x0 + x1 (second), which waits for "
        "x0 + x1 (first)";
    EXPECT_NE(std::string(error.what()).find(said), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace weft::testing
