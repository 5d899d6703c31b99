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

/// After so many steps of 200 ms that they are usual.
SlowSteps after_usual_steps() {
  SlowSteps steps;
  for (int64_t i = 1; i <= 50; ++i) EXPECT_FALSE(steps.look_at(row(i, i == 1 ? 60'000 : 200)));
  return steps;
}

TEST(SlowSteps, AreToldFromTheMedianOfThoseBefore) {
  SlowSteps steps = after_usual_steps();
  EXPECT_FALSE(steps.look_at(row(51, 999))) << "less than a second";
  EXPECT_EQ(steps.look_at(row(52, 3200)), "step 52 took 3.2 s, where 200 ms are usual");
  steps = after_usual_steps();
  MetricsRow slow = row(51, 3200);
  slow.more = {{"stall_ms", 2900}};
  EXPECT_EQ(steps.look_at(slow), "step 51 took 3.2 s, where 200 ms are usual; it waited 2.9 s for data");
}

TEST(SlowSteps, OfManyASentenceAMinuteIsSaid) {
  SlowSteps steps = after_usual_steps();
  EXPECT_TRUE(steps.look_at(row(51, 2000)));
  // Of ten steps one is slow: steps 60 to 200 take 32 s, and 141 others 28 s of a minute.
  std::vector<std::string> said;
  for (int64_t i = 52; i <= 431; ++i) {
    MetricsRow next = row(i, i % 10 == 0 ? 2000 + i : 200);
    if (i % 10 == 0) next.more = {{"stall_ms", 100}};
    if (const auto one = steps.look_at(next)) said.push_back(*one);
  }
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0],
            "15 of the last 156 steps were slow, where 200 ms are usual; the longest, step 200, took "
            "2.2 s; they waited 1.5 s for data");
  const auto left = steps.rest();
  ASSERT_TRUE(left.has_value());
  EXPECT_NE(left->find(", step 430, took 2.4 s"), std::string::npos) << *left;
  EXPECT_FALSE(steps.rest()) << "each is told once";
}

TEST(SlowSteps, OneThatComesAloneIsToldAtOnce) {
  SlowSteps steps = after_usual_steps();
  EXPECT_TRUE(steps.look_at(row(51, 2000)));
  for (int64_t i = 52; i < 352; ++i) EXPECT_FALSE(steps.look_at(row(i, 200)));
  EXPECT_EQ(steps.look_at(row(352, 2000)), "step 352 took 2.0 s, where 200 ms are usual");
  EXPECT_FALSE(steps.look_at(row(353, 2000)));
  EXPECT_EQ(steps.rest(), "step 353 took 2.0 s, where 200 ms are usual");
}

TEST(SlowSteps, WhatLastsIsUsualInTheEnd) {
  SlowSteps steps = after_usual_steps();
  std::string said;
  for (int64_t i = 51; i <= 400; ++i) said += steps.look_at(row(i, 2000)).value_or("") + "\n";
  said += steps.rest().value_or("");
  EXPECT_NE(said.find("24 of the last 30 steps were slow"), std::string::npos) << said;
  EXPECT_EQ(said.find("of the last", said.find("of the last") + 1), std::string::npos) << "half a window";
}

}  // namespace
}  // namespace weft
