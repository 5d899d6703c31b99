#include "weft/train/observer/slow_steps.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

MetricsRow row(int64_t step, double ms) {
  MetricsRow made;
  made.step = step;
  made.step_ms = ms;
  return made;
}

TEST(SlowSteps, AreToldFromTheMedianOfThoseBefore) {
  SlowSteps steps;
  for (int64_t i = 1; i <= 50; ++i) EXPECT_FALSE(steps.look_at(row(i, i == 1 ? 60'000 : 200)));
  EXPECT_FALSE(steps.look_at(row(51, 999))) << "less than a second";
  MetricsRow slow = row(52, 3200);
  EXPECT_EQ(steps.look_at(slow), "step 52 took 3.2 s, where 200 ms are usual");
  slow.more = {{"stall_ms", 2900}};
  EXPECT_EQ(steps.look_at(slow), "step 52 took 3.2 s, where 200 ms are usual; it waited 2.9 s for data");
}

TEST(SlowSteps, WhatLastsIsUsualInTheEnd) {
  SlowSteps steps;
  for (int64_t i = 1; i <= 50; ++i) steps.look_at(row(i, 200));
  int64_t said = 0;
  for (int64_t i = 51; i <= 200; ++i) said += steps.look_at(row(i, 2000)) ? 1 : 0;
  EXPECT_GE(said, 20);
  EXPECT_LE(said, 26) << "half a window";
}

}  // namespace
}  // namespace weft
