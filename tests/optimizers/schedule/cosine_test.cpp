#include "weft/optimizers/schedule/cosine.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

OptimizerSection cosine(int64_t warmup, double least) {
  OptimizerSection optimizer;
  optimizer.learning_rate = 0.8;
  optimizer.warmup = warmup;
  CosineSchedule schedule;
  schedule.least = least;
  optimizer.schedule.hold(std::make_shared<const CosineSchedule>(schedule));
  return optimizer;
}

TEST(LearningRate, CosineGoesFromThePeakToTheLeast) {
  const OptimizerSection optimizer = cosine(2, 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 14), 0.8);
  // 4 of 12 steps: cos(pi/3) = 1/2, so 0.2 + 0.75·0.6; 6: cos = 0; 8: cos(2pi/3) = -1/2.
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 6, 14), 0.65);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 8, 14), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 10, 14), 0.35);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 14, 14), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 1000, 14), 0.2);
}

TEST(LearningRate, CosineOfARunNoLongerThanItsWarmupIsAllWarmup) {
  const OptimizerSection optimizer = cosine(3, 0);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 3), 0.6);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 3), 0.0);
}

}  // namespace
}  // namespace weft
