#include "weft/optimizers/schedule/constant.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(LearningRate, WarmupRisesLinearlyFromAboveZero) {
  OptimizerSection optimizer;
  optimizer.learning_rate = 0.8;
  optimizer.warmup = 3;
  optimizer.schedule.hold(std::make_shared<const ConstantSchedule>());
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 0, 10), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 1, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 2, 10), 0.6);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 10), 0.8);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 9, 10), 0.8);
}

}  // namespace
}  // namespace weft
