// Of plan/passes/: laws of passes on random graphs, forward, backward and update.
#include <gtest/gtest.h>

#include "tests/parallel/random_graph.h"
#include "tests/plan/passes/run_pass.h"
#include "weft/plan/passes/eliminate_dead.h"
#include "weft/plan/passes/eliminate_repeated.h"
#include "weft/plan/passes/rematerialize.h"

namespace weft::testing {
namespace {

constexpr uint64_t kSeeds = 200;

/// Chooses about half of all results.
PlanOptions half_again(uint64_t seed) {
  PlanOptions options;
  options.recompute = [seed](const Graph& /*graph*/, ValueId value) {
    return CaseRandom(seed * 1009 + value.at()).coin();
  };
  return options;
}

TEST(RandomGraphs, KeepTheirBitsThroughRecomputingAndMerging) {
  int64_t added = 0;
  int64_t merged = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Graph graph = run_pass(eliminate_dead(), RandomGraph(seed, DType::f32).build()).graph;
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, to_text(graph)));
    const auto wanted = results_of(graph, 2);
    const PassResult recomputed = run_pass(rematerialize(), graph, half_again(seed));
    ASSERT_EQ(results_of(recomputed.graph, 2), wanted);
    const PassResult once = run_pass(eliminate_repeated(), recomputed.graph);
    ASSERT_EQ(results_of(once.graph, 2), wanted);
    added += std::ssize(recomputed.graph.nodes()) - std::ssize(graph.nodes());
    merged += once.gain;
  }
  EXPECT_GT(added, static_cast<int64_t>(kSeeds));
  // What was added becomes one again, but for what has a dimension that no operand has, as gradients of sums.
  EXPECT_GT(merged, added * 3 / 4);
}

}  // namespace
}  // namespace weft::testing
