// A Program that makes results again gives the bits of one that keeps them.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/ops/interpreter.h"
#include "weft/ops/add.h"
#include "weft/ops/dropout.h"
#include "weft/ops/gelu.h"
#include "weft/ops/gradients.h"
#include "weft/ops/matmul.h"
#include "weft/ops/reduce_sum.h"
#include "weft/ops/scale.h"
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
    weights.push_back(build.state("w" + std::to_string(layer), {DType::f32, {32, 32}}, {}, true));
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

/// The loss and all weights after three steps.
std::vector<double> after_three_steps(const PlanOptions& options) {
  Executor executor(make_plan(descending(), testing::device_named("cpu"), options).program,
                    Communicator::world());
  std::vector<double> all;
  for (const auto& [name, named] : executor.program().named) {
    const View view = executor.view(name);
    if (view.type.dtype != DType::f32 || named.initializer.kind == Initializer::Kind::derived) continue;
    testing::from_doubles(testing::random_values(1, name.back(), view.elems(), -0.3, 0.3), view);
  }
  for (int64_t step = 1; step <= 3; ++step) {
    *executor.view("step").as<int64_t>() = step;
    if (executor.program().phases.contains(Phase::refresh)) executor.run(Phase::refresh);
    executor.run(Phase::accumulate);
    all.push_back(testing::to_doubles(executor.output(Phase::accumulate, "loss"))[0]);
  }
  for (const auto& [name, named] : executor.program().named) {
    if (!named.parameter) continue;
    const std::vector<double> weight = testing::to_doubles(executor.view(name));
    all.insert(all.end(), weight.begin(), weight.end());
  }
  return all;
}

TEST(Recompute, GivesTheSameBitsInEveryStep) {
  PlanOptions recomputing;
  int64_t chosen = 0;
  recomputing.recompute = [&](const Graph& graph, ValueId value) {
    const std::string_view op = graph.node(graph.value(value).producer).op->name();
    chosen += op == "gelu" || op == "dropout" ? 1 : 0;
    return op == "gelu" || op == "dropout";
  };
  const std::vector<double> kept = after_three_steps({});
  EXPECT_TRUE(std::isfinite(kept[2]));
  EXPECT_NE(kept[0], kept[2]) << "the weights change";
  EXPECT_EQ(after_three_steps(recomputing), kept);
  EXPECT_GT(chosen, 6);
}

}  // namespace
}  // namespace weft
