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

TEST(Messages, NoChoiceWithAnOptionCostsLessThanItsSurplus) {
  Draws draws(24, 0);
  int tight = 0;
  for (int i = 0; i < 200; ++i) {
    RandomKind kind;
    kind.limited = false;
    kind.edges_a_node = 1 + i % 3;
    kind.most_nodes = 6;
    const Problem problem = random_problem(kind, draws);
    const Core core = plain_core(problem);
    std::vector<std::vector<int64_t>> least;
    for (const SolveNode& node : problem.nodes) least.emplace_back(node.costs.size(), kImpossible);
    for_choices(problem, [&](const Choice& choice) {
      const int64_t cost = cost_of(problem, choice);
      for (size_t n = 0; n < choice.size(); ++n) {
        int64_t& best = least[n][static_cast<size_t>(choice[n])];
        best = std::min(best, cost);
      }
    });
    Messages messages(core);
    std::vector<std::vector<double>> surplus;
    for (int sweeps = 0; sweeps < 12; ++sweeps) {
      const double before = messages.sweep();
      messages.sweep(surplus);
      for (size_t n = 0; n < least.size(); ++n) {
        for (size_t s = 0; s < least[n].size(); ++s) {
          ASSERT_LE(before + surplus[n][s], static_cast<double>(least[n][s]) + 1e-6) << "problem " << i;
          tight += before + surplus[n][s] > static_cast<double>(least[n][s]) - 1e-6 ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(tight, 1000);
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

TEST(Ascent, NoChoiceCheaperThanWhatIsKnownNeedsAnotherOption) {
  Draws draws(25, 0);
  int gone = 0;
  for (int i = 0; i < 200; ++i) {
    const Problem problem = random_problem({}, draws);
    // Any choice within the limit may be what is known; here it is the middle one of those there are.
    std::vector<Choice> feasible;
    for_choices(problem, [&](const Choice& choice) {
      if (is_feasible(problem, choice)) feasible.push_back(choice);
    });
    if (feasible.empty()) continue;
    const Choice known = feasible[feasible.size() / 2];
    const int64_t upper = cost_of(problem, known);
    const Core core = plain_core(problem);
    Ascent ascent(core);
    for (int step = 0; step < 50; ++step) ascent.step(upper);
    const auto kept = ascent.promising(upper, known);
    const auto has = [&](size_t node, int32_t option) { return std::ranges::count(kept[node], option) == 1; };
    for (const Choice& choice : feasible) {
      if (cost_of(problem, choice) >= upper && choice != known) continue;
      for (size_t n = 0; n < choice.size(); ++n) ASSERT_TRUE(has(n, choice[n])) << "problem " << i;
    }
    for (size_t n = 0; n < kept.size(); ++n) {
      gone += static_cast<int>(problem.nodes[n].costs.size() - kept[n].size());
    }
  }
  EXPECT_GT(gone, 100);
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
