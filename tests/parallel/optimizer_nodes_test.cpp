#include "weft/parallel/optimizer_nodes.h"

#include <gtest/gtest.h>

#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/optimizer/clip_factor.h"
#include "weft/ops/optimizer/sgd.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/reduce/reduce_sum.h"
#include "weft/ops/reduce/sum_squares.h"

namespace weft {
namespace {

const Initializer kZero{};

/// "tanh(x0) sgd": the optimizer's nodes by name, in order.
std::string names(const Graph& graph) {
  const std::vector<bool> found = optimizer_nodes(graph);
  std::string text;
  for (size_t n = 0; n < found.size(); ++n) {
    if (found[n]) text += (text.empty() ? "" : " ") + graph.nodes()[n].op->title();
  }
  return text;
}

/// Of the sum of x · tanh(w): the gradient of w.
struct Model {
  GraphBuilder build;
  ValueId w;
  ValueId gradient;

  explicit Model(const std::string& rows = "batch") {
    const ValueId x = build.input("x", {DType::f64, {4, 6}}, {rows, "c"});
    w = build.state("w", {DType::f64, {6, 8}}, kZero, kParameter);
    const ValueId loss = reduce_sum(build, linear(build, x, tanh(build, w)));
    gradient = *gradients(build, loss, std::span(&w, 1))[0];
  }
  void update(ValueId by, ValueId factor) {
    const ValueId momentum = build.state("momentum", {DType::f64, {6, 8}}, kZero, kBuffer);
    const ValueId rate = build.input("rate", {DType::f64, {}}, {});
    const SgdResults next = sgd(build, {w, by, momentum, rate, factor}, {});
    build.update(w, next.param);
    build.update(momentum, next.momentum);
  }
  Graph finish() { return std::move(build).build(); }
};

TEST(OptimizerNodes, AreTheNormAndTheUpdateAndNotTheBackwardPass) {
  Model model;
  const ValueId square = sum_squares(model.build, model.gradient);
  model.update(model.gradient, clip_factor(model.build, add_n(model.build, std::vector{square}), 1));
  // The last step to the gradient has the parameter's shape and waits for the sum.
  EXPECT_EQ(names(model.finish()), "x0 * (1.0 - x1 * x1) sum(x0 * x0) sgd");
}

TEST(OptimizerNodes, DependOnSamplesByTheNameOfTheirDimension) {
  Model model("rows");
  model.update(model.gradient, model.build.input("factor", {DType::f64, {}}, {}));
  EXPECT_EQ(names(model.finish()), "");
}

TEST(OptimizerNodes, ServeParametersOnly) {
  Model model;
  const ValueId bounded = tanh(model.build, model.gradient);
  const ValueId mean = model.build.state("mean", {DType::f64, {6, 8}}, kZero, kBuffer);
  model.build.update(mean, multiply(model.build, mean, bounded));
  model.update(bounded, model.build.input("factor", {DType::f64, {}}, {}));
  EXPECT_EQ(names(model.finish()), "sgd") << "what serves the mean as well is not";
}

/// The gradient through what was summed over samples, as of a batch norm: of a parameter's dimension, and
/// summed too, but samples are walked behind it.
TEST(OptimizerNodes, AreNotThoseThatTheBackwardPassGoesOnFrom) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {4, 6}}, {"batch", "c"});
  const ValueId w = build.state("w", {DType::f64, {6}}, kZero, kParameter);
  const ValueId y = pointwise(build, {x, w}, "x0 * x1");
  const ValueId sums = tanh(build, reduce(build, "sum", {y}, "x0", {0})[0]);
  const ValueId loss = reduce_sum(build, pointwise(build, {y, sums}, "x0 * x1"));
  const ValueId gradient = *gradients(build, loss, std::span(&w, 1))[0];
  const ValueId rate = build.input("rate", {DType::f64, {}}, {});
  const ValueId momentum = build.state("momentum", {DType::f64, {6}}, kZero, kBuffer);
  const SgdResults next = sgd(build, {w, gradient, momentum, rate, rate}, {});
  build.update(w, next.param);
  build.update(momentum, next.momentum);
  EXPECT_EQ(names(std::move(build).build()), "sgd");
}

TEST(OptimizerNodes, AreFoundBehindGradientsThatAreKeptInAState) {
  Model model;
  const ValueId kept = model.build.state("gradient.w", {DType::f64, {6, 8}}, kZero, kBuffer);
  model.build.update(kept, add_n(model.build, std::vector{kept, model.gradient}));
  const auto scope = model.build.in(model.build.segment({"update", Cadence::each_step()}));
  model.update(kept, model.build.input("factor", {DType::f64, {}}, {}));
  EXPECT_EQ(names(model.finish()), "sgd") << "what adds gradients up is not the optimizer's";
}

}  // namespace
}  // namespace weft
