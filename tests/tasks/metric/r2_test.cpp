#include "weft/tasks/metric/r2.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;

TEST(Determination, IsOneForPerfectAndZeroForTheMean) {
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{1, 2, 3, 4}, {1, 2, 3, 4}}}), 1);
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{2.5, 2.5, 2.5, 2.5}, {1, 2, 3, 4}}}), 0);
  // Errors 1, 0, -1 about targets 1, 2, 6 with mean 3: 1 - 2 / 14.
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{2, 2, 5, 9}, {1, 2, 6, kNan}}}), 1 - 2.0 / 14);
  EXPECT_TRUE(std::isnan(measured(Determination(), {1, 2, false}, {{{1, 2}, {3, 3}}})))
      << "no spread to explain";
}

}  // namespace
}  // namespace weft
