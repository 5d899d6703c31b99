#include "weft/tasks/metric/perplexity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;

TEST(Perplexity, IsTheExponentialOfTheMeanCrossEntropy) {
  const std::vector<double> logits{std::log(0.5), std::log(0.25), std::log(0.25), 0, 0, 0};
  EXPECT_NEAR(measured(Perplexity(), {2, 3, true}, {{logits, {1, 2}}}), std::sqrt(4.0 * 3.0), 1e-12);
  EXPECT_NEAR(measured(Perplexity(), {2, 3, true}, {{logits, {0, -1}}}), 2, 1e-12);
}

TEST(Perplexity, LessIsBetter) {
  EXPECT_TRUE(is_better(Perplexity().better(), 2, 3));
  EXPECT_FALSE(is_better(Perplexity().better(), 3, 2));
  EXPECT_FALSE(is_better(Perplexity().better(), 2, 2));
}

}  // namespace
}  // namespace weft
