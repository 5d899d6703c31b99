#include "weft/plan/passes/merge_terms.h"

#include <gtest/gtest.h>

#include "tests/parallel/random_graph.h"
#include "tests/plan/passes/run_pass.h"
#include "weft/expression/text.h"
#include "weft/ops/gradient/gradients.h"
#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/batch_norm.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/dropout.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/tanh.h"
#include "weft/ops/reduce/reduce.h"
#include "weft/ops/shape/transpose.h"
#include "weft/plan/passes/eliminate_dead.h"

namespace weft::testing {
namespace {

const TensorType kType{DType::f32, {6, 5}};

struct Sum {
  GraphBuilder build;
  ValueId x = build.input("x", kType, {"batch", "c"});
  ValueId y = build.input("y", kType, {"batch", "c"});

  PassResult of(const std::vector<ValueId>& terms) {
    build.output("sum", add_n(build, terms));
    const Graph graph = std::move(build).build();
    PassResult result = run_pass(merge_terms(), graph);
    const auto want = results_of(graph), got = results_of(result.graph);
    for (const auto& [name, values] : want) {
      for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(got.at(name)[i], values[i], 1e-5) << name;
    }
    return result;
  }
};

TEST(MergeTerms, ComputesATermWhereItIsAdded) {
  Sum sum;
  const PassResult result = sum.of({sum.x, tanh(sum.build, multiply(sum.build, sum.x, sum.y))});
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(titles(result.graph), (std::vector<std::string>{"x0 * x1", "x0 + tanh(x1)"}));
}

TEST(MergeTerms, LeavesATermThatSomethingElseReads) {
  Sum sum;
  const ValueId term = tanh(sum.build, sum.x);
  sum.build.output("term", term);
  EXPECT_EQ(sum.of({term, sum.y}).gain, 0);
}

TEST(MergeTerms, TakesATermFromBesideReductionsWhereThatIsCheap) {
  for (const bool cheap : {true, false}) {
    Sum sum;
    Pointwise op = trailing_pointwise(sum.build, std::array{sum.x, sum.y});
    op.expression = parse_expression(cheap ? "x0 * x1, x0 * x1" : "exp(x0 * x1), exp(x0 * x1)");
    op.results = {{0, 1}, {1}};
    op.reductions = {std::string(kNoReduction), "sum"};
    op.dtypes = {DType::f32, DType::f32};
    const std::vector<ValueId> made = pointwise(sum.build, std::array{sum.x, sum.y}, op);
    sum.build.output("sums", made[1]);
    EXPECT_EQ(sum.of({sum.x, made[0]}).gain, cheap ? 1 : 0);
  }
}

/// The axes of a term need not be the sum's in order.
TEST(MergeTerms, FollowsAxesOfATermThatIsTurned) {
  Sum sum;
  const ValueId z = sum.build.input("z", {DType::f32, {5, 6}}, {"c", "batch"});
  const ValueId row = sum.build.input("row", {DType::f32, {6}}, {"batch"});
  Pointwise op;
  op.expression = parse_expression("x0 * x1 - 1.0");
  op.operands = {{0, 1}, {1}};
  op.results = {{1, 0}};
  op.dtypes = {DType::f32};
  op.space = {5, 6};
  EXPECT_EQ(sum.of({sum.x, pointwise(sum.build, std::array{z, row}, op)[0]}).gain, 1);
}

/// Of a term that is one of several results, the sum reads what the term does, and no more.
TEST(MergeTerms, ReadsWhatTheTermReads) {
  Sum sum;
  Pointwise op = trailing_pointwise(sum.build, std::array{sum.x, sum.y});
  op.expression = parse_expression("max(x0, 0.0), x0 * x1");
  op.results = {{0, 1}, {1}};
  op.reductions = {std::string(kNoReduction), "sum"};
  op.dtypes = {DType::f32, DType::f32};
  const std::vector<ValueId> made = pointwise(sum.build, std::array{sum.x, sum.y}, op);
  sum.build.output("sums", made[1]);
  const ValueId z = sum.build.input("z", kType, {"batch", "c"});
  const Graph graph = sum.of({z, made[0]}).graph;
  EXPECT_EQ(titles(graph), (std::vector<std::string>{"sum(x0 * x1)", "x0 + max(x1, 0.0)"}));
  EXPECT_EQ(graph.nodes()[1].inputs.size(), 2U);
}

/// What a term reads would have to be kept in its place.
TEST(MergeTerms, KeepsNoMoreThanTheTerm) {
  Sum sum;
  const ValueId z = sum.build.input("z", kType, {"batch", "c"});
  EXPECT_EQ(sum.of({sum.x, multiply(sum.build, sum.y, z)}).gain, 0);
}

/// Without the term, no operand of its node would say how many rows there are.
TEST(MergeTerms, LeavesATermWhoseAxisNothingElseHas) {
  GraphBuilder build;
  const ValueId x = build.input("x", kType, {"batch", "c"});
  const ValueId w = build.input("w", {DType::f32, {5, 5}}, {"c", "c"});
  const ValueId b = build.input("b", {DType::f32, {5}}, {"c"});
  const ValueId h = tanh(build, linear(build, x, w));
  const ValueId biased = pointwise(build, {reduce(build, "sum", {h, b}, "x0 + x1", {0, 1})[0]}, "x0 * x0");
  const ValueId squares = reduce(build, "sum", {h}, "x0 * x0", {0, 1})[0];
  const auto found = gradients(build, add_n(build, std::array{biased, squares}), std::vector{w, b});
  for (size_t i = 0; i < 2; ++i) build.output(fmt::format("d{}", i), *found[i]);
  const Graph graph = std::move(build).build();
  const PassResult result = run_pass(merge_terms(), graph);
  // What goes to h and to b from the sum of both.
  const std::vector<std::string> left = titles(result.graph);
  EXPECT_EQ(std::count(left.begin(), left.end(), "x0, x0"), 1);
  expect_close(results_of(result.graph), results_of(graph), 1e-6);
}

/// Beside bf16 what is added is f32 now, and rounded once.
TEST(MergeTerms, RoundsASumOfBf16Once) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::bf16, {6, 5}}, {"batch", "c"});
  const ValueId scaled = pointwise(build, {x}, "x0 * 0.3");
  build.output("sum", add_n(build, std::array{x, scaled}));
  const PassResult result = run_pass(merge_terms(), std::move(build).build());
  EXPECT_EQ(result.gain, 1);
  EXPECT_EQ(titles(result.graph), (std::vector<std::string>{"x0 + x0 * 0.3"}));
  Interpreter run(result.graph);
  // 1.4015625; rounded before it is added too, it would be 1.40625.
  run.set(x, std::vector<double>(30, 1.078125));
  run.run();
  EXPECT_EQ(run.get(result.graph.outputs()[0].value)[0], 1.3984375);
}

TEST(MergeTerms, LeavesTermsThatReadPositions) {
  Sum sum;
  EXPECT_EQ(sum.of({sum.x, pointwise(sum.build, {sum.y}, "x0 * real(index[0])")}).gain, 0);
}

TEST(MergeTerms, MakesOneWalkOfTheGradientThroughABatchNormAndItsStatistics) {
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f32, {4, 3, 8}}, {"batch", "height", "c"});
  const ValueId slope = build.input("slope", {DType::f32, {4, 3, 8}}, {"batch", "height", "c"});
  const ValueId gamma = build.input("gamma", {DType::f32, {8}}, {"c"});
  const ValueId beta = build.input("beta", {DType::f32, {8}}, {"c"});
  const ValueId y = multiply(build, batch_normalize(build, x, gamma, beta).y, slope);
  const auto found =
      gradients(build, reduce(build, "sum", {y}, "x0", {0, 1, 2})[0], std::vector{x, gamma, beta});
  for (size_t i = 0; i < 3; ++i) build.output(fmt::format("d{}", i), *found[i]);
  const Graph graph = std::move(build).build();
  const Graph before = run_pass(eliminate_dead(), graph).graph;
  const PassResult result = run_pass(merge_terms(), before);
  EXPECT_EQ(result.gain, 2);
  const auto whole = [](const Graph& of) {
    int count = 0;
    for (const Node& node : of.nodes()) {
      for (const ValueId id : node.outputs) count += of.type(id).shape.size() == 3 ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(whole(result.graph), whole(before) - 2) << to_text(result.graph);
  const auto want = results_of(graph), got = results_of(result.graph);
  for (const auto& [name, values] : want) {
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(got.at(name)[i], values[i], 1e-4) << name;
  }
}

TEST(MergeTerms, RandomGraphsKeepTheirValues) {
  int64_t merged = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const Graph graph = run_pass(eliminate_dead(), RandomGraph(seed, DType::f64).build()).graph;
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, to_text(graph)));
    const PassResult result = run_pass(merge_terms(), graph);
    merged += result.gain;
    expect_close(results_of(result.graph, 2), results_of(graph, 2), 1e-10);
  }
  EXPECT_GT(merged, 100);
}

}  // namespace
}  // namespace weft::testing
