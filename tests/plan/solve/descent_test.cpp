// Of plan/solve/descent.h, plan/solve/usage_tree.h: moves keep the books.
#include "weft/plan/solve/descent.h"

#include <gtest/gtest.h>

#include "tests/plan/solve/random_problem.h"

namespace weft::testing {
namespace {

TEST(UsageTree, AgreesWithPlainSums) {
  Draws draws(41, 0);
  std::vector<int64_t> plain(37);
  for (int64_t& value : plain) value = draws.below(100) - 50;
  UsageTree tree(plain);
  for (int i = 0; i < 500; ++i) {
    const int32_t begin = draws.below(37);
    const int32_t end = begin + draws.below(38 - begin);
    const int64_t amount = draws.below(41) - 20;
    tree.add(begin, end, amount);
    for (int32_t t = begin; t < end; ++t) plain[static_cast<size_t>(t)] += amount;
    const auto most = std::ranges::max_element(plain);
    ASSERT_EQ(tree.largest(), *most);
    ASSERT_EQ(tree.slot_of_largest(), most - plain.begin());
    if (begin < end) {
      ASSERT_EQ(tree.largest(begin, end), *std::max_element(plain.begin() + begin, plain.begin() + end));
    }
  }
}

TEST(UsageTree, WithoutSlotsNothingIsOverfull) { EXPECT_LT(UsageTree({}).largest(), 0); }

TEST(Descent, ItsCostIsThatOfItsChoice) {
  Draws draws(42, 0);
  for (int i = 0; i < 100; ++i) {
    RandomKind kind;
    kind.impossible = 0;
    const Problem problem = random_problem(kind, draws);
    const Core core = plain_core(problem);
    Descent descent(core, Choice(core.nodes.size()));
    for (int move = 0; move < 20; ++move) {
      const int32_t node = draws.below(static_cast<int32_t>(core.nodes.size()));
      descent.set(node, draws.below(core.node(node).options()));
      ASSERT_EQ(descent.cost(), cost_of(core, descent.choice()));
      ASSERT_EQ(descent.is_feasible(), is_feasible(core, descent.choice()));
    }
  }
}

TEST(Descent, EndsWhereNoMoveOfOneOrTwoNeighboursHelps) {
  Draws draws(43, 0);
  for (int i = 0; i < 100; ++i) {
    RandomKind kind;
    kind.impossible = 0;
    kind.lives = 1;
    const Problem problem = random_problem(kind, draws);
    const Core core = plain_core(problem);
    Descent descent(core, Choice(core.nodes.size()));
    if (!descent.is_feasible() && !descent.make_feasible(draws, {})) continue;
    ASSERT_TRUE(is_feasible(core, descent.choice()));
    descent.descend(draws, {});
    ASSERT_TRUE(is_feasible(core, descent.choice()));
    const int64_t cost = descent.cost();
    for (size_t a = 0; a < core.nodes.size(); ++a) {
      for (int32_t s = 0; s < core.nodes[a].options(); ++s) {
        Choice moved = descent.choice();
        moved[a] = s;
        ASSERT_FALSE(is_feasible(core, moved) && cost_of(core, moved) < cost) << "problem " << i;
        for (const Core::Arc& arc : core.nodes[a].arcs) {
          for (int32_t u = 0; u < core.node(arc.other).options(); ++u) {
            Choice both = moved;
            both[static_cast<size_t>(arc.other)] = u;
            ASSERT_FALSE(is_feasible(core, both) && cost_of(core, both) < cost) << "problem " << i;
          }
        }
      }
    }
  }
}

TEST(Descent, SaysThatNothingFits) {
  Problem problem;
  problem.limit = 4;
  problem.nodes = {{{0, 1}, {{0, 2, {5, 3}}}}, {{0, 1}, {{1, 3, {5, 3}}}}};
  const Core core = plain_core(problem);
  Draws draws(44, 0);
  Descent descent(core, {0, 0});
  EXPECT_FALSE(descent.make_feasible(draws, {}));
}

}  // namespace
}  // namespace weft::testing
