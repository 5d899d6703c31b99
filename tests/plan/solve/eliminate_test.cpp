#include "weft/plan/solve/eliminate.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"

namespace weft::testing {
namespace {

TEST(Eliminate, FindsTheOptimumOfDenseGraphs) {
  Draws draws(31, 0);
  for (int i = 0; i < 200; ++i) {
    RandomKind kind;
    kind.limited = false;
    kind.lives = 0;
    kind.edges_a_node = 3;
    const Problem problem = random_problem(kind, draws);
    const Core core = plain_core(problem);
    const std::optional<Choice> choice = eliminate(core, 1'000'000);
    ASSERT_TRUE(choice);
    ASSERT_EQ(cost_of(core, *choice), brute_force(problem)) << "problem " << i;
  }
}

TEST(Eliminate, LeavesWhatWouldTakeTooManySteps) {
  Problem problem;
  Draws draws(32, 0);
  for (int32_t i = 0; i < 5; ++i) {
    problem.nodes.push_back({random_costs(4, 0, draws), {}});
    for (int32_t j = 0; j < i; ++j) problem.edges.push_back({j, i, random_costs(16, 0, draws)});
  }
  // All pairs have an edge: the first node's table is over the other four.
  const Core core = plain_core(problem);
  EXPECT_FALSE(eliminate(core, 4 * 4 * 4 * 4 * 4 - 1));
  EXPECT_TRUE(eliminate(core, 2 * 4 * 4 * 4 * 4 * 4));
}

TEST(Eliminate, LeavesALimit) {
  Problem problem;
  problem.limit = 1;
  problem.nodes = {{{0, 1}, {{0, 1, {2, 1}}}}};
  EXPECT_FALSE(eliminate(plain_core(problem), 1000));
}

}  // namespace
}  // namespace weft::testing
