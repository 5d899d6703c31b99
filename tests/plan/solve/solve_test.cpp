// Of plan/solve/solve.h, plan/solve/branch.h: costs are those of brute force, and bounds are bounds.
#include "weft/plan/solve/solve.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"

namespace weft::testing {
namespace {

SolveOptions few_rounds(int64_t rounds) {
  SolveOptions options;
  options.rounds = rounds;
  return options;
}

void expect_optimal(const Problem& problem, int which) {
  const int64_t best = brute_force(problem);
  const Solution solution = solve(problem, few_rounds(40));
  ASSERT_EQ(solution.cost, best) << "problem " << which;
  ASSERT_LE(solution.bound, best) << "problem " << which;
  if (best >= kImpossible) {
    ASSERT_EQ(solution.stop, SolveStop::impossible) << "problem " << which;
    ASSERT_FALSE(solution.feasible) << "problem " << which;
    return;
  }
  ASSERT_EQ(solution.stop, SolveStop::optimal) << "problem " << which;
  ASSERT_EQ(solution.bound, best) << "problem " << which;
  ASSERT_TRUE(solution.feasible) << "problem " << which;
  ASSERT_EQ(cost_of(problem, solution.choice), best) << "problem " << which;
  ASSERT_LE(peak_usage(problem, solution.choice), problem.limit) << "problem " << which;
}

TEST(Solve, FindsTheOptimumOfRandomProblemsWithALimit) {
  Draws draws(1, 0);
  int feasible = 0;
  for (int i = 0; i < 400; ++i) {
    const Problem problem = random_problem({}, draws);
    feasible += brute_force(problem) < kImpossible ? 1 : 0;
    expect_optimal(problem, i);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(feasible, 100);  // or the test would be of the impossible alone
  EXPECT_LT(feasible, 400);
}

TEST(Solve, FindsTheOptimumOfRandomProblemsWithoutALimit) {
  Draws draws(2, 0);
  for (int i = 0; i < 200; ++i) {
    RandomKind kind;
    kind.limited = false;
    kind.edges_a_node = 3;
    expect_optimal(random_problem(kind, draws), i);
    if (HasFatalFailure()) return;
  }
}

TEST(Solve, FindsTheOptimumOfDenseProblemsWithoutImpossibleCosts) {
  Draws draws(3, 0);
  for (int i = 0; i < 100; ++i) {
    RandomKind kind;
    kind.impossible = 0;
    kind.edges_a_node = 3;
    kind.lives = 3;
    expect_optimal(random_problem(kind, draws), i);
    if (HasFatalFailure()) return;
  }
}

/// A chain 0 - 1 - ... of `count` nodes with `options` options and random costs.
Problem chain(int32_t count, int32_t options, Draws& draws) {
  Problem problem;
  const auto k = static_cast<size_t>(options);
  for (int32_t i = 0; i < count; ++i) {
    problem.nodes.push_back({random_costs(k, 0, draws), {}});
    if (i > 0) problem.edges.push_back({i - 1, i, random_costs(k * k, 0, draws)});
  }
  return problem;
}

/// By dynamic programming from left to right.
int64_t cost_of_chain(const Problem& problem) {
  std::vector<int64_t> best = problem.nodes[0].costs;
  for (size_t i = 1; i < problem.nodes.size(); ++i) {
    std::vector<int64_t> next = problem.nodes[i].costs;
    for (size_t u = 0; u < next.size(); ++u) {
      int64_t least = kImpossible;
      for (size_t s = 0; s < best.size(); ++s) {
        least = std::min(least, best[s] + problem.edges[i - 1].costs[s * next.size() + u]);
      }
      next[u] += least;
    }
    best = std::move(next);
  }
  return *std::ranges::min_element(best);
}

TEST(Solve, AChainIsSolvedExactly) {
  Draws draws(4, 0);
  const Problem problem = chain(300, 12, draws);
  const Solution solution = solve(problem, few_rounds(0));
  EXPECT_EQ(solution.stop, SolveStop::optimal);
  EXPECT_EQ(solution.cost, cost_of_chain(problem));
}

TEST(Solve, ALongLivedNodeIsConditionedOn) {
  Draws draws(5, 0);
  Problem problem = chain(60, 5, draws);
  // The last node has an edge with all others: for each of its options the rest is a chain.
  const auto hub = static_cast<int32_t>(problem.nodes.size());
  problem.nodes.push_back({random_costs(5, 0, draws), {}});
  for (int32_t i = 0; i < hub; ++i) problem.edges.push_back({i, hub, random_costs(25, 0, draws)});
  int64_t best = kImpossible;
  for (size_t s = 0; s < 5; ++s) {
    Problem rest = problem;
    rest.nodes.pop_back();
    rest.edges.resize(static_cast<size_t>(hub) - 1);
    for (size_t i = 0; i < rest.nodes.size(); ++i) {
      const SolveEdge& edge = problem.edges[static_cast<size_t>(hub) - 1 + i];
      for (size_t u = 0; u < 5; ++u) rest.nodes[i].costs[u] += edge.costs[u * 5 + s];
    }
    best = std::min(best, problem.nodes.back().costs[s] + cost_of_chain(rest));
  }
  const Solution solution = solve(problem, few_rounds(0));
  EXPECT_EQ(solution.stop, SolveStop::optimal);
  EXPECT_EQ(solution.cost, best);
}

/// Of so many nodes with dense edges, whose limit is what the thriftiest choice needs.
Problem large_problem(int32_t nodes, Draws& draws) {
  RandomKind kind;
  kind.most_nodes = nodes + 10;
  kind.edges_a_node = 4;
  kind.impossible = 0;
  kind.lives = 1;
  Problem problem;
  while (std::ssize(problem.nodes) < nodes) problem = random_problem(kind, draws);
  Choice thrifty;
  for (const SolveNode& node : problem.nodes) {
    const auto usage = node.lives.empty() ? node.costs : node.lives[0].usage;
    thrifty.push_back(static_cast<int32_t>(std::ranges::min_element(usage) - usage.begin()));
  }
  problem.limit = peak_usage(problem, thrifty);
  return problem;
}

TEST(Solve, TheTimeMayBeOverAtOnce) {
  Draws draws(6, 0);
  const Problem problem = large_problem(30, draws);
  SolveOptions options;
  options.is_late = [] { return true; };
  const Solution solution = solve(problem, options);
  EXPECT_EQ(solution.stop, SolveStop::late);
  EXPECT_FALSE(solution.feasible);
  EXPECT_TRUE(solution.choice.empty());
}

TEST(Solve, TheSameSeedFindsTheSame) {
  Draws draws(7, 0);
  const Problem problem = large_problem(80, draws);
  const Solution one = solve(problem, few_rounds(3));
  const Solution other = solve(problem, few_rounds(3));
  EXPECT_EQ(one.choice, other.choice);
  EXPECT_EQ(one.bound, other.bound);
  EXPECT_TRUE(one.feasible);
  EXPECT_EQ(one.stop, SolveStop::rounds);
  EXPECT_LT(one.bound, one.cost);
}

TEST(Solve, NoNodesCostNothing) {
  const Solution solution = solve({}, {});
  EXPECT_EQ(solution.stop, SolveStop::optimal);
  EXPECT_EQ(solution.cost, 0);
  EXPECT_TRUE(solution.feasible);
}

TEST(Solve, WhatIsUsedWhateverIsChosenMayBeTooMuch) {
  Problem problem;
  problem.limit = 4;
  problem.nodes = {{{1, 2}, {{0, 2, {5, 6}}}}};
  EXPECT_EQ(solve(problem, {}).stop, SolveStop::impossible);
  problem.limit = 5;
  EXPECT_EQ(solve(problem, {}).cost, 1);
}

}  // namespace
}  // namespace weft::testing
