#include "weft/train/learning_rate.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

OptimizerSection with(OptimizerSection::Schedule schedule, int64_t warmup) {
  OptimizerSection optimizer;
  optimizer.learning_rate = 0.8;
  optimizer.schedule = schedule;
  optimizer.warmup = warmup;
  return optimizer;
}

TEST(LearningRate, WarmupRisesLinearlyFromAboveZero) {
  const OptimizerSection optimizer = with(OptimizerSection::Schedule::constant, 3);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 0, 10), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 1, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 10), 0.6);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 10), 0.8);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 9, 10), 0.8);
}

TEST(LearningRate, CosineGoesFromThePeakToTheLeast) {
  OptimizerSection optimizer = with(OptimizerSection::Schedule::cosine, 2);
  optimizer.min_learning_rate = 0.2;
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 14), 0.8);
  // 4 of 12 steps: cos(pi/3) = 1/2, so 0.2 + 0.75·0.6; 6: cos = 0; 8: cos(2pi/3) = -1/2.
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 6, 14), 0.65);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 8, 14), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 10, 14), 0.35);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 14, 14), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 1000, 14), 0.2);
}

TEST(LearningRate, CosineOfARunNoLongerThanItsWarmupIsAllWarmup) {
  const OptimizerSection optimizer = with(OptimizerSection::Schedule::cosine, 3);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 3), 0.6);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 3), 0.0);
}

TEST(LearningRate, StepMultipliesAtEveryMilestone) {
  OptimizerSection optimizer = with(OptimizerSection::Schedule::step, 1);
  optimizer.milestones = {4, 6};
  optimizer.gamma = 0.5;
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 0, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 10), 0.8);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 4, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 5, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 6, 10), 0.2);
}

TEST(LearningRate, NegativeStepsAreABug) {
  EXPECT_THROW(learning_rate_at(OptimizerSection{}, -1, 10), InternalError);
}

}  // namespace
}  // namespace weft
