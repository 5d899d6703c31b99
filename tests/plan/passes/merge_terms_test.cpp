#include "weft/plan/passes/merge_terms.h"

#include <gtest/gtest.h>

#include "tests/parallel/random_graph.h"
#include "tests/plan/passes/run_pass.h"
#include "weft/expression/text.h"
#include "weft/ops/add_n.h"
#include "weft/ops/batch_norm.h"
#include "weft/ops/dropout.h"
#include "weft/ops/gradients.h"
#include "weft/ops/multiply.h"
#include "weft/ops/reduce.h"
#include "weft/ops/tanh.h"
#include "weft/ops/transpose.h"
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

/// The axes of a term need not be the sum's in order, and the term may be of another dtype's operands.
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
    const auto want = results_of(graph, 2), got = results_of(result.graph, 2);
    for (const auto& [name, values] : want) {
      double largest = 1;
      for (const double value : values) largest = std::max(largest, std::abs(value));
      for (size_t i = 0; i < values.size(); ++i)
        ASSERT_NEAR(got.at(name)[i], values[i], 1e-10 * largest) << name;
    }
  }
  EXPECT_GT(merged, 100);
}

}  // namespace
}  // namespace weft::testing
