#include "weft/tasks/metric/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;

TEST(Accuracy, IsTheShareOfTargetsWithTheGreatestPrediction) {
  const std::vector<double> logits{0, 2, 1, 5, 4, 3, 1, 1, 0, 9, kNan, 0};
  EXPECT_DOUBLE_EQ(measured(Accuracy(), {4, 3, true}, {{logits, {1, 0, 1, 0}}}), 2.0 / 4)
      << "of equals the first; a row with NaN has none";
  EXPECT_DOUBLE_EQ(measured(Accuracy(), {4, 3, true}, {{logits, {1, -1, 0, -1}}, {logits, {2, 0, 0, -1}}}),
                   4.0 / 5)
      << "batches add up, ids below 0 do not count";
  EXPECT_EQ(Accuracy().text(0.912), "91.20%");
}

TEST(Accuracy, MoreIsBetter) {
  EXPECT_TRUE(is_better(Accuracy().better(), 0.9, 0.8));
  EXPECT_FALSE(is_better(Accuracy().better(), 0.8, 0.9));
  EXPECT_FALSE(is_better(Accuracy().better(), 0.9, 0.9));
}

}  // namespace
}  // namespace weft
