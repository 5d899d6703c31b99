#include "weft/tasks/metric/top5_accuracy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;

TEST(Top5Accuracy, IsTheShareOfTargetsAmongTheFiveGreatest) {
  const std::vector<double> logits{7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, kNan, 5, 6, 7};
  EXPECT_DOUBLE_EQ(measured(Top5Accuracy(), {3, 7, true}, {{logits, {4, 4, 6}}}), 1);
  EXPECT_DOUBLE_EQ(measured(Top5Accuracy(), {3, 7, true}, {{logits, {5, 5, 3}}}), 0)
      << "sixth; sixth of equals; not a number";
  EXPECT_DOUBLE_EQ(measured(Top5Accuracy(), {3, 7, true}, {{logits, {-1, 0, 3}}}), 0.5);
}

TEST(Top5Accuracy, MoreIsBetter) {
  EXPECT_TRUE(is_better(Top5Accuracy().better(), 0.9, 0.8));
  EXPECT_FALSE(is_better(Top5Accuracy().better(), 0.8, 0.9));
  EXPECT_FALSE(is_better(Top5Accuracy().better(), 0.9, 0.9));
}

}  // namespace
}  // namespace weft
