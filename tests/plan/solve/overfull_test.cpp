#include "weft/plan/solve/overfull.h"

#include <gtest/gtest.h>

#include "weft/plan/solve/reduce.h"

namespace weft::testing {
namespace {

/// Three nodes whose first options use nothing, with slots of 10 and 6.
Network three() {
  Problem problem;
  problem.nodes = {{{0, 1, 2}, {{0, 2, {0, 7, 5}}}}, {{0, 1}, {{1, 2, {0, 4}}}}, {{0, 1}, {{0, 1, {0, 9}}}}};
  problem.edges = {{0, 1, {0, 0, 0, 0, 0, 0}}, {0, 2, {0, 0, 0, 0, 0, 0}}};
  return Network(problem);
}

TEST(Overfull, AnOptionWithoutRoomGoes) {
  Network network = three();
  const auto changed = forbid_overfull(network, {10, 6});
  ASSERT_TRUE(changed);
  EXPECT_EQ(network.node(0).options, (std::vector<int32_t>{0, 2}));  // 7 is more than 6
  EXPECT_EQ(network.node(1).options, (std::vector<int32_t>{0, 1}));
}

TEST(Overfull, APairWithoutRoomIsImpossible) {
  Network network = three();
  ASSERT_TRUE(forbid_overfull(network, {10, 6}));
  // 5 and 4 in the second slot, 5 and 9 in the first.
  EXPECT_EQ(network.edge(0).costs, (std::vector<int64_t>{0, 0, 0, kImpossible}));
  EXPECT_EQ(network.edge(1).costs, (std::vector<int64_t>{0, 0, 0, kImpossible}));
}

TEST(Overfull, WhatFitsStays) {
  Network network = three();
  const auto changed = forbid_overfull(network, {16, 11});
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->empty());
  EXPECT_EQ(network.options(0), 3);
}

TEST(Overfull, SaysThatNoOptionIsLeft) {
  Problem problem;
  problem.nodes = {{{0, 1}, {{0, 2, {0, 3}}, {1, 3, {3, 0}}}}};
  Network network(problem);
  EXPECT_FALSE(forbid_overfull(network, {2, 2, 2}));
}

}  // namespace
}  // namespace weft::testing
