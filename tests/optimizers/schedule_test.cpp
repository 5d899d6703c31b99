#include "weft/optimizers/schedule.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(LearningRate, NegativeStepsAreABug) {
  EXPECT_THROW(learning_rate_at(OptimizerSection{}, -1, 10), InternalError);
}

TEST(LearningRate, AWarmupThatIsLongerThanTheRunIsShortened) {
  OptimizerSection optimizer;
  optimizer.learning_rate = 0.6;
  optimizer.warmup = 100;
  EXPECT_EQ(warmup_of(optimizer, 5), 5);
  EXPECT_EQ(warmup_of(optimizer, 100), 100);
  EXPECT_EQ(warmup_of(optimizer, 101), 100);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 0, 5), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_at(optimizer, 4, 5), 0.5);
}

}  // namespace
}  // namespace weft
