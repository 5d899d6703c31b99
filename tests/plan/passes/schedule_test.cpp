#include "weft/plan/passes/schedule.h"

#include <gtest/gtest.h>

#include "tests/plan/passes/run_pass.h"
#include "weft/ops/add.h"
#include "weft/ops/reshape.h"
#include "weft/ops/scale.h"
#include "weft/parallel/comm_ops.h"
#include "weft/plan/buffers.h"

namespace weft::testing {
namespace {

const TensorType kRow{DType::f32, {8}};

ValueId reduced(GraphBuilder& build, ValueId value) {
  return build.add1(all_reduce_op({0}, 2, Combine::sum, kRow), {value});
}

/// A node of the optimizer.
ValueId optimizing(GraphBuilder& build, ValueId value, double factor) {
  build.shard_with_data = true;
  const ValueId result = scale(build, value, factor);
  build.shard_with_data = false;
  return result;
}

/// The factors of the graph's scales in their order, and 0 for every other op.
std::vector<double> order_of(const Graph& graph) {
  std::vector<double> order;
  for (const Node& node : graph.nodes()) {
    const bool scales = node.op->name() == "scale";
    order.push_back(scales ? std::get<double>(node.op->attributes()[0].value.value) : 0);
  }
  return order;
}

TEST(Schedule, StartsCommunicationAsSoonAsItsOperandIsThere) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId a = scale(build, x, 1);
  const ValueId b = scale(build, x, 2);
  build.output("b", scale(build, b, 3));
  build.output("a", reduced(build, a));
  const PassResult result = run_pass(schedule(), std::move(build).build());
  EXPECT_EQ(order_of(result.graph), (std::vector<double>{1, 0, 2, 3}));
  EXPECT_EQ(result.gain, 1);
}

TEST(Schedule, LeavesTheReaderOfACommunicationInItsPlaceSoThatTheWaitComesLate) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId a = reduced(build, scale(build, x, 1));
  const ValueId b = scale(build, scale(build, x, 2), 3);
  build.output("y", add(build, b, a));
  const Graph graph = run_pass(schedule(), std::move(build).build()).graph;
  const std::vector<Step> steps = steps_of(graph, Phase::accumulate);
  ASSERT_EQ(steps.size(), 6U);  // scale, start, scale, scale, wait, add
  EXPECT_FALSE(steps[1].wait);
  EXPECT_TRUE(steps[4].wait);
  EXPECT_EQ(steps[4].start, 1);
}

TEST(Schedule, RunsOptimizerNodesAsSoonAsTheyCan) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId w = build.state("w", kRow, {}, true);
  const ValueId gradient = scale(build, x, 1);
  build.output("y", scale(build, x, 2));
  build.update(w, optimizing(build, gradient, 3));
  EXPECT_EQ(order_of(run_pass(schedule(), std::move(build).build()).graph), (std::vector<double>{1, 3, 2}));
}

TEST(Schedule, LetsAnOptimizerNodeThatWaitsForCommunicationStandBack) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId w = build.state("w", kRow, {}, true);
  const ValueId gradient = reduced(build, scale(build, x, 1));
  build.output("y", scale(build, x, 2));
  build.update(w, optimizing(build, gradient, 3));
  EXPECT_EQ(order_of(run_pass(schedule(), std::move(build).build()).graph),
            (std::vector<double>{1, 0, 2, 3}));
}

TEST(Schedule, OverwritesAStateAfterAllReadersOfItAndOfItsViews) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const ValueId w = build.state("w", kRow, {}, true);
  const ValueId seen = reshape(build, w, {2, 4});
  build.output("a", scale(build, x, 1));
  build.output("b", scale(build, w, 2));
  build.output("c", scale(build, seen, 3));
  build.update(w, optimizing(build, x, 4));
  const Graph graph = run_pass(schedule(), std::move(build).build()).graph;
  EXPECT_EQ(order_of(graph).back(), 4);
  EXPECT_TRUE(share_buffers(graph, Phase::accumulate).copies.empty());
}

TEST(Schedule, OrdersEveryPhaseByItself) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  build.phase = Phase::evaluate;
  build.output("a", scale(build, x, 1));
  build.phase = Phase::accumulate;
  build.output("b", scale(build, x, 2));
  EXPECT_EQ(order_of(run_pass(schedule(), std::move(build).build()).graph), (std::vector<double>{2, 1}));
}

TEST(Schedule, NamesTheNodesOfACycle) {
  GraphBuilder build;
  const ValueId x = build.input("x", kRow, {"n"});
  const OpPtr sum = [&] {
    GraphBuilder other;
    const ValueId y = other.input("y", kRow, {"n"});
    add(other, y, y);
    return other.graph().nodes()[0].op;
  }();
  const ValueId a = build.adopt(Value{.name = {}, .type = kRow});
  const ValueId b = build.adopt(Value{.name = {}, .type = kRow});
  build.adopt(Node{.op = sum, .inputs = {x, b}, .outputs = {a}, .label = "first"});
  build.adopt(Node{.op = sum, .inputs = {x, a}, .outputs = {b}, .label = "second"});
  const PlanOptions options;
  try {
    schedule().run(build.graph(), PlanContext(device_named("cpu"), options));
    FAIL() << "no error";
  } catch (const InternalError& error) {
    const std::string said =
        "the phase accumulate has a cycle: add (first) waits for add (second), which waits for add (first)";
    EXPECT_NE(std::string(error.what()).find(said), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace weft::testing
