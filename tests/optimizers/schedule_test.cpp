#include "weft/optimizers/schedule.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(LearningRate, NegativeStepsAreABug) {
  EXPECT_THROW(learning_rate_at(OptimizerSection{}, -1, 10), InternalError);
}

}  // namespace
}  // namespace weft
