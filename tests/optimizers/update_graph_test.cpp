// The optimizer as graph: which segment does what, and what one step on accumulated gradients computes.
#include "weft/optimizers/update_graph.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/interpreter.h"
#include "tests/recipe/needs_kinds.h"
#include "weft/base/check.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/parallel/optimizer_nodes.h"

namespace weft::testing {
namespace {

constexpr int64_t kRows = 4;

struct Trained {
  Graph graph;
  ValueId x, w, rate, step;
};

/// The loss sum(x · w) of x [4, 3], w [3, 2], with its training.
Trained trained(const std::string& rule, const UpdateOptions& options = {}) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f64);
  Trained made;
  made.x = build.input("x", {DType::f64, {kRows, 3}}, {"batch", "c"});
  made.w = parameters.weight("w", {3, 2}, 1);
  const ValueId loss = reduce_sum(build, linear(build, made.x, made.w));
  build.output("loss", loss);
  const auto gradient = gradients(build, loss, std::span(&made.w, 1));
  append_update(build, *Optimizer::kinds().find(rule), options, parameters, gradient);
  made.rate = build.input("learning_rate", {DType::f64, {}}, {});
  made.step = build.input("update_step", {DType::i64, {}}, {});
  made.graph = std::move(build).build();
  return made;
}

std::string names(const Graph& graph, const std::string& segment) {
  std::string text;
  for (const Node& node : graph.nodes()) {
    if (graph.segment(node.segment).name == segment) text += (text.empty() ? "" : " ") + node.op->title();
  }
  return text;
}

ValueId state(const Graph& graph, const std::string& name) {
  for (size_t v = 0; v < graph.values().size(); ++v) {
    if (graph.values()[v].name == name) return {static_cast<int32_t>(v)};
  }
  ADD_FAILURE() << "no state " << name;
  return {};
}

TEST(Optimize, IsPartOfTheSegmentOfTheGradientsWithoutAccumulation) {
  NEEDS_KINDS("adamw");
  const Trained made = trained("adamw");
  EXPECT_EQ(names(made.graph, "update"), "");
  EXPECT_NE(names(made.graph, "accumulate").find("sum(x0 * x0)"), std::string::npos);
  EXPECT_EQ(made.graph.updates().size(), 3U) << "parameter and two moments";
}

TEST(Optimize, AddsMicrobatchesUpAndUpdatesAndClearsOnceAStep) {
  NEEDS_KINDS("sgd");
  const Trained made = trained("sgd", {.accumulate = 2});
  EXPECT_EQ(names(made.graph, "update"), "sum(x0 * x0) clip_factor sgd 0.0");
  const ValueId kept = state(made.graph, "gradient.w");
  std::vector<std::string> updated;
  for (const StateUpdate& update : made.graph.updates()) {
    if (update.state == kept) updated.push_back(made.graph.segment(update.segment).name);
  }
  EXPECT_EQ(updated, (std::vector<std::string>{"accumulate", "update"}));
}

TEST(Optimize, SumsGradientsByALinearNodeSoThatTheSumMayStayOwed) {
  NEEDS_KINDS("sgd");
  const Trained made = trained("sgd", {.accumulate = 2});
  const ValueId kept = state(made.graph, "gradient.w");
  for (const StateUpdate& update : made.graph.updates()) {
    if (update.state != kept) continue;
    const Node& node = made.graph.node(made.graph.value(update.next).producer);
    EXPECT_TRUE(node.op->traits().linear) << node.op->name();
  }
}

TEST(Optimize, ItsNodesAreRecognized) {
  NEEDS_KINDS("adamw");
  for (const int64_t accumulate : {1, 2}) {
    const Trained made = trained("adamw", {.accumulate = accumulate});
    const std::vector<bool> found = optimizer_nodes(made.graph);
    std::string text;
    for (size_t n = 0; n < found.size(); ++n) {
      if (found[n]) text += made.graph.nodes()[n].op->title() + " ";
    }
    EXPECT_EQ(text, "sum(x0 * x0) adamw ") << "accumulate " << accumulate;
  }
}

TEST(Optimize, StepsByTheGradientClippedToItsNorm) {
  NEEDS_KINDS("sgd");
  const Trained made = trained("sgd", {.clip = 1});
  Interpreter run(made.graph);
  run.set(made.x, std::vector<double>(kRows * 3, 0.5));  // the gradient is 2 everywhere: its norm is √24
  run.set(made.w, {1, 1, 1, 1, 1, 1});
  run.set(made.rate, {0.1});
  run.set(made.step, {1});
  run.run();
  const double expected = 1 - 0.1 * 2 / (std::sqrt(24) + 1e-6);  // as clip_factor defines it
  for (const double value : run.get(made.w)) EXPECT_NEAR(value, expected, 1e-12);
}

TEST(Optimize, SaysWhichParameterTheLossDoesNotDependOn) {
  GraphBuilder build;
  ParameterSet parameters(build, DType::f64);
  parameters.weight("unused", {3}, 1);
  const std::vector<std::optional<ValueId>> none(1);
  try {
    append_update(build, *Optimizer::kinds().list().front(), {}, parameters, none);
    ADD_FAILURE() << "no error";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("the loss does not depend on unused"), std::string::npos);
  }
}

}  // namespace
}  // namespace weft::testing
