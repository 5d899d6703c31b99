#include "weft/tasks/loss/mse.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/tasks/lost.h"

namespace weft {
namespace {

TEST(SquaredErrorLoss, IsTheMeanOfSquaresOfTheNumbersThatThereAre) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DOUBLE_EQ(testing::lost(SquaredErrorLoss(), {2, 2, false}, {1, 2, 3, 4}, {3, 2, 3, 1}, 4), 13.0 / 4);
  EXPECT_DOUBLE_EQ(testing::lost(SquaredErrorLoss(), {2, 2, false}, {1, 2, 3, 4}, {3, nan, nan, 1}, 2),
                   13.0 / 2);
}

}  // namespace
}  // namespace weft
