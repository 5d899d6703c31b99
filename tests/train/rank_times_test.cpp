#include "weft/train/rank_times.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(RankTimes, WhatARankTakesBeyondTheQuickestIsWaiting) {
  const SharedTimes split = split_communication({{5, 1}, {2, 4}});
  EXPECT_EQ(split.communication, (std::vector<double>{3, 3}));
  EXPECT_EQ(split.waiting, (std::vector<double>{3, 3}));
  EXPECT_EQ(split_communication({{5, 1}}).waiting, (std::vector<double>{0})) << "nobody to wait for";
  EXPECT_TRUE(split_communication({}).waiting.empty());
}

}  // namespace
}  // namespace weft
