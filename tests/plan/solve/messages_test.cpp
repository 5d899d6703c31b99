// Of plan/solve/messages.h, plan/solve/ascent.h, plan/solve/prices.h: what is called a bound is one.
#include "weft/plan/solve/messages.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"
#include "weft/plan/solve/ascent.h"

namespace weft::testing {
namespace {

TEST(Messages, NoSweepPassesTheOptimum) {
  Draws draws(21, 0);
  int tight = 0;
  for (int i = 0; i < 200; ++i) {
    RandomKind kind;
    kind.limited = false;
    const Problem problem = random_problem(kind, draws);
    const int64_t best = brute_force(problem);
    if (best >= kImpossible) continue;
    const Core core = plain_core(problem);
    Messages messages(core);
    double bound = 0;
    for (int sweep = 0; sweep < 20; ++sweep) {
      bound = messages.sweep();
      ASSERT_LE(bound, static_cast<double>(best) + 1e-6) << "problem " << i;
    }
    tight += bound > static_cast<double>(best) - 1e-6 ? 1 : 0;
  }
  EXPECT_GT(tight, 100);
}

TEST(Messages, OnATreeTheBoundIsTheOptimumAndRoundingFindsIt) {
  Draws draws(22, 0);
  for (int i = 0; i < 50; ++i) {
    Problem problem;
    for (int32_t node = 0; node < 7; ++node) {
      problem.nodes.push_back({random_costs(3, 0, draws), {}});
      if (node > 0) problem.edges.push_back({draws.below(node), node, random_costs(9, 0.1, draws)});
    }
    const int64_t best = brute_force(problem);
    if (best >= kImpossible) continue;
    const Core core = plain_core(problem);
    Messages messages(core);
    double bound = 0;
    for (int sweep = 0; sweep < 30; ++sweep) bound = messages.sweep();
    EXPECT_NEAR(bound, static_cast<double>(best), 1e-6);
    EXPECT_EQ(cost_of(core, messages.round()), best);
  }
}

TEST(Ascent, ItsBoundHoldsWithALimit) {
  Draws draws(23, 0);
  for (int i = 0; i < 300; ++i) {
    const Problem problem = random_problem({}, draws);
    const int64_t best = brute_force(problem);
    if (best >= kImpossible) continue;
    const Core core = plain_core(problem);
    Ascent ascent(core);
    int64_t before = 0;
    for (int step = 0; step < 60; ++step) {
      ascent.step(step % 2 == 0 ? kImpossible : best);
      ASSERT_LE(ascent.bound(), best) << "problem " << i;
      ASSERT_GE(ascent.bound(), before) << "problem " << i;
      before = ascent.bound();
    }
  }
}

TEST(Ascent, PricesRaiseTheBoundAboveThatWithoutALimit) {
  // The cheap options of both nodes do not fit together: one must pay 10.
  Problem problem;
  problem.limit = 10;
  problem.nodes = {{{0, 10}, {{0, 2, {10, 0}}}}, {{0, 10}, {{1, 3, {10, 0}}}}};
  const Core core = plain_core(problem);
  Ascent ascent(core);
  ascent.step(10);
  EXPECT_EQ(ascent.bound(), 0);
  for (int step = 0; step < 200; ++step) ascent.step(10);
  EXPECT_GE(ascent.bound(), 9);
  EXPECT_LE(ascent.bound(), 10);
  EXPECT_EQ(ascent.best_prices().of_slot[0], 0);  // where only one of them lives
}

}  // namespace
}  // namespace weft::testing
