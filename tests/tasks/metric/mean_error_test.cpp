#include "weft/tasks/metric/mean_error.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

TEST(MeanError, IsSignedAndOverTheNumbersThatThereAre) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DOUBLE_EQ(testing::measured(MeanError(), {2, 2, false}, {{{1, 2, 3, 4}, {2, 0, nan, 1}}}),
                   (-1 + 2 + 3) / 3.0);
  EXPECT_DOUBLE_EQ(testing::measured(MeanError(), {1, 2, false}, {{{1, 2}, {2, 1}}}), 0);
}

TEST(MeanError, NearerToZeroIsBetter) {
  EXPECT_TRUE(is_better(MeanError().better(), -1, 2));
  EXPECT_FALSE(is_better(MeanError().better(), 2, -1));
  EXPECT_FALSE(is_better(MeanError().better(), -1, -1));
}

}  // namespace
}  // namespace weft
