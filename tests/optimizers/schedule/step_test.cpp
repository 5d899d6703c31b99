#include "weft/optimizers/schedule/step.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(LearningRate, StepMultipliesAtEveryMilestone) {
  StepSchedule schedule;
  schedule.milestones = {4, 6};
  schedule.gamma = 0.5;
  OptimizerSection optimizer;
  optimizer.learning_rate = 0.8;
  optimizer.warmup = 1;
  optimizer.schedule.hold(std::make_shared<const StepSchedule>(schedule));
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 0, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 3, 10), 0.8);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 4, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 5, 10), 0.4);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 6, 10), 0.2);
}

}  // namespace
}  // namespace weft
