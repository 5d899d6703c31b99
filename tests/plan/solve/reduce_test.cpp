// Of plan/solve/reduce.h, plan/solve/network.h, plan/solve/timeline.h, plan/solve/core.h: no rule loses an
// optimum.
#include "weft/plan/solve/reduce.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"

namespace weft::testing {
namespace {

/// Every choice of the core is one of the problem, within the limit where it is, and then at the same cost.
void expect_same_optimum(const Problem& problem) {
  const int64_t best = brute_force(problem);
  const std::optional<Reduced> reduced = reduce(problem);
  if (!reduced) {
    ASSERT_EQ(best, kImpossible);
    return;
  }
  const Core core = core_of(*reduced);
  ASSERT_EQ(brute_force(core), best);
  Problem shape;
  for (const Core::Node& node : core.nodes) shape.nodes.push_back({node.costs, {}});
  for_choices(shape, [&](const Choice& choice) {
    const Choice whole = whole_choice(core, *reduced, choice);
    ASSERT_EQ(is_feasible(problem, whole), is_feasible(core, choice));
    if (!is_feasible(core, choice)) return;
    ASSERT_EQ(cost_of(problem, whole), cost_of(core, choice));
  });
}

TEST(Reduce, KeepsTheOptimumOfRandomProblems) {
  Draws draws(11, 0);
  for (int i = 0; i < 400; ++i) {
    RandomKind kind;
    kind.most_nodes = 6;
    kind.impossible = i % 2 == 0 ? 0.1 : 0.5;
    kind.lives = i % 3;
    expect_same_optimum(random_problem(kind, draws));
    if (HasFatalFailure()) {
      ADD_FAILURE() << "problem " << i;
      return;
    }
  }
}

TEST(Reduce, ASeriesParallelGraphWithoutALimitVanishes) {
  // Two ways from 0 to 3, and a chain behind.
  Draws draws(12, 0);
  Problem problem;
  for (int i = 0; i < 6; ++i) problem.nodes.push_back({random_costs(4, 0, draws), {}});
  const std::pair<int32_t, int32_t> pairs[] = {{0, 1}, {1, 3}, {0, 2}, {2, 3}, {3, 4}, {4, 5}, {3, 5}};
  for (const auto& [a, b] : pairs) problem.edges.push_back({a, b, random_costs(16, 0, draws)});
  const std::optional<Reduced> reduced = reduce(problem);
  ASSERT_TRUE(reduced);
  EXPECT_TRUE(core_of(*reduced).nodes.empty());
  EXPECT_EQ(reduced->network.constant, brute_force(problem));
}

TEST(Reduce, ANodeThatANeighbourDeterminesJoinsItWithItsLife) {
  Problem problem;
  problem.limit = 10;
  problem.nodes = {{{1, 2}, {{0, 2, {0, 4}}}}, {{4, 3}, {{1, 3, {8, 0}}}}};
  // Option 0 of the first goes with 1 of the second alone, 1 with 0.
  problem.edges = {{0, 1, {kImpossible, 0, 5, kImpossible}}};
  const std::optional<Reduced> reduced = reduce(problem);
  ASSERT_TRUE(reduced);
  EXPECT_LE(core_of(*reduced).nodes.size(), 1U);
  EXPECT_EQ(brute_force(core_of(*reduced)), 1 + 3);
}

TEST(Reduce, SlotsThatCannotBeOverfullGo) {
  Problem problem;
  problem.limit = 10;
  problem.nodes = {{{0, 9}, {{0, 10, {6, 1}}}}, {{0, 9}, {{5, 7, {6, 1}}}}, {{0, 9}, {{20, 30, {9, 1}}}}};
  const std::optional<Reduced> reduced = reduce(problem);
  ASSERT_TRUE(reduced);
  // Only [5, 7) is left of the times, and the third node, which always fits, takes its cheapest option.
  EXPECT_EQ(reduced->capacity, Capacity{8});
  const Core core = core_of(*reduced);
  ASSERT_EQ(core.nodes.size(), 2U);
  EXPECT_EQ(core.nodes[0].lives.size(), 1U);
  EXPECT_EQ(whole_choice(core, *reduced, {0, 1}), (Choice{0, 1, 0}));
  EXPECT_FALSE(is_feasible(core, {0, 0}));
  EXPECT_TRUE(is_feasible(core, {0, 1}));
}

TEST(Reduce, SaysWhatIsImpossible) {
  Problem problem;
  problem.nodes = {{{0, 1}, {}}, {{0, 1}, {}}};
  problem.edges = {{0, 1, {kImpossible, kImpossible, kImpossible, kImpossible}}};
  EXPECT_FALSE(reduce(problem));
}

}  // namespace
}  // namespace weft::testing
