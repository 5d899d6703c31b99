#include "weft/tasks/metric/mae.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;

TEST(MeanAbsoluteError, IsTheMeanOverTheNumbersThatThereAre) {
  const std::vector<double> predictions{1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(measured(MeanAbsoluteError(), {2, 2, false}, {{predictions, {2, 0, kNan, 4}}}), 3.0 / 3);
  EXPECT_DOUBLE_EQ(measured(MeanAbsoluteError(), {2, 2, false},
                            {{predictions, {1, 2, 3, 4}}, {predictions, {5, 2, 3, 4}}}),
                   4.0 / 8);
}

TEST(MeanAbsoluteError, LessIsBetter) {
  EXPECT_TRUE(is_better(MeanAbsoluteError().better(), 1, 2));
  EXPECT_FALSE(is_better(MeanAbsoluteError().better(), 2, 1));
  EXPECT_FALSE(is_better(MeanAbsoluteError().better(), 1, 1));
}

}  // namespace
}  // namespace weft
