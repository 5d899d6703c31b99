#include "weft/plan/solve/forest_move.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"

namespace weft::testing {
namespace {

TEST(ForestMove, OnATreeOneMoveFindsTheOptimum) {
  Draws draws(51, 0);
  for (int i = 0; i < 50; ++i) {
    Problem problem;
    for (int32_t node = 0; node < 7; ++node) {
      problem.nodes.push_back({random_costs(3, 0.05, draws), {}});
      if (node > 0) problem.edges.push_back({draws.below(node), node, random_costs(9, 0.1, draws)});
    }
    const Core core = plain_core(problem);
    Choice choice(core.nodes.size());
    ForestMove(core).move(choice, Prices(core), {}, draws);
    EXPECT_EQ(cost_of(core, choice), brute_force(problem));
  }
}

double priced(const Core& core, const Prices& prices, const Choice& choice) {
  auto cost = static_cast<double>(cost_of(core, choice));
  for (size_t i = 0; i < choice.size(); ++i) cost += prices.of_option[i][static_cast<size_t>(choice[i])];
  return cost;
}

TEST(ForestMove, CostWithPricesNeverGrows) {
  Draws draws(52, 0);
  int better = 0;
  for (int i = 0; i < 100; ++i) {
    RandomKind kind;
    kind.impossible = 0;
    kind.edges_a_node = 3;
    const Core core = plain_core(random_problem(kind, draws));
    Prices prices(core);
    for (double& price : prices.of_slot) price = draws.uniform();
    prices.spread(core);
    Choice choice(core.nodes.size());
    ForestMove forest(core);
    for (int move = 0; move < 5; ++move) {
      const double before = priced(core, prices, choice);
      forest.move(choice, prices, {}, draws);
      const double after = priced(core, prices, choice);
      ASSERT_LE(after, before + 1e-9);
      better += after < before ? 1 : 0;
    }
  }
  EXPECT_GT(better, 50);
}

}  // namespace
}  // namespace weft::testing
