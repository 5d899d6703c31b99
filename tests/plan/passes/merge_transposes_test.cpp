#include "weft/plan/passes/merge_transposes.h"

#include <gtest/gtest.h>

#include "tests/parallel/random_graph.h"
#include "tests/plan/passes/run_pass.h"
#include "weft/plan/passes/eliminate_dead.h"

namespace weft::testing {
namespace {

TEST(MergeTransposes, MakesOneOfAnyNumber) {
  GraphBuilder build;
  ValueId x = build.input("x", {DType::f32, {2, 3, 4, 5}}, {"a", "b", "c", "d"});
  for (const std::vector<int>& order : {std::vector{3, 1, 0, 2}, {1, 0, 2, 3}, {0, 2, 3, 1}}) {
    x = transpose(build, x, order);
  }
  build.output("y", x);
  const Graph graph = std::move(build).build();
  const PassResult result = run_pass(merge_transposes(), graph);
  EXPECT_EQ(result.gain, 2);
  EXPECT_EQ(run_pass(eliminate_dead(), result.graph).graph.nodes().size(), 1U);
  EXPECT_EQ(results_of(result.graph), results_of(graph));
}

TEST(MergeTransposes, RandomGraphsKeepTheirBits) {
  int64_t merged = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Graph graph = RandomGraph(seed, DType::f32).build();
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, to_text(graph)));
    const PassResult result = run_pass(merge_transposes(), graph);
    merged += result.gain;
    ASSERT_EQ(results_of(result.graph), results_of(graph));
  }
  EXPECT_GT(merged, 5);
}

}  // namespace
}  // namespace weft::testing
