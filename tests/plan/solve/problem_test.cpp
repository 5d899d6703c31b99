#include "weft/plan/solve/problem.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft::testing {
namespace {

Problem two() {
  Problem problem;
  problem.limit = 7;
  problem.nodes = {{{1, 2}, {{0, 4, {3, 1}}}}, {{5, kImpossible}, {{4, 6, {6, 2}}, {2, 5, {1, 2}}}}};
  problem.edges = {{0, 1, {10, 20, 30, 40}}, {1, 0, {100, 200, 300, 400}}};
  return problem;
}

TEST(Problem, CostsOfNodesAndEdgesAddUp) {
  EXPECT_EQ(cost_of(two(), {0, 0}), 1 + 5 + 10 + 100);
  EXPECT_EQ(cost_of(two(), {1, 0}), 2 + 5 + 30 + 200);
  EXPECT_EQ(cost_of(two(), {1, 1}), kImpossible);
}

TEST(Problem, LivesAreHalfOpen) {
  // 3 in [0, 4), 6 in [4, 6), 1 in [2, 5).
  EXPECT_EQ(peak_usage(two(), {0, 0}), 7);
  EXPECT_TRUE(is_feasible(two(), {0, 0}));
  Problem tighter = two();
  tighter.limit = 6;
  EXPECT_FALSE(is_feasible(tighter, {0, 0}));
}

TEST(Problem, AnEmptyLifeUsesNothing) {
  Problem problem = two();
  problem.nodes[0].lives = {{4, 4, {100, 100}}, {5, 3, {100, 100}}};
  EXPECT_EQ(peak_usage(problem, {0, 0}), 7);
}

TEST(Problem, ImpossibleCostsDoNotOverflow) {
  Problem problem;
  for (int32_t i = 0; i < 40; ++i) problem.nodes.push_back({{kImpossible}, {}});
  EXPECT_EQ(cost_of(problem, Choice(40)), kImpossible);
}

/// What is wrong with the problem, or "".
std::string complaint(const Problem& problem) {
  try {
    expect_solvable(problem, "a.json");
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Problem, WhatCannotBeSolvedIsSaid) {
  EXPECT_EQ(complaint(two()), "");
  Problem wrong = two();
  wrong.nodes[0].costs[1] = -2;
  EXPECT_EQ(complaint(wrong), "a.json: got the cost -2, expected none below 0");
  wrong = two();
  wrong.nodes[1].costs[0] = kMostSum;
  EXPECT_EQ(complaint(wrong),
            "a.json: the largest costs add up to more than 500000000000000000, expected sums below it");
  wrong = two();
  wrong.nodes[0].lives[0].usage[0] = kImpossible;
  EXPECT_EQ(complaint(wrong), "a.json: got a usage of 1000000000000000000 or more, expected less");
  wrong = two();
  wrong.nodes[0].lives[0].usage.pop_back();
  EXPECT_EQ(complaint(wrong), "a.json: got 1 usages of a node, expected 2, one for each option");
  wrong = two();
  wrong.nodes.push_back({});
  EXPECT_EQ(complaint(wrong), "a.json: got a node without options, expected one or more");
  wrong = two();
  wrong.edges[0].b = 2;
  EXPECT_EQ(complaint(wrong), "a.json: got an edge of nodes 0 and 2, expected two of the 2 nodes");
  wrong = two();
  wrong.edges[0].b = 0;
  EXPECT_EQ(complaint(wrong), "a.json: got an edge of nodes 0 and 0, expected two of the 2 nodes");
  wrong = two();
  wrong.edges[0].costs.push_back(1);
  EXPECT_EQ(complaint(wrong), "a.json: got 5 costs of the edge of nodes 0 and 1, expected 4");
  wrong = two();
  wrong.limit = -1;
  EXPECT_EQ(complaint(wrong), "a.json: got the limit -1, expected none below 0");
}

}  // namespace
}  // namespace weft::testing
