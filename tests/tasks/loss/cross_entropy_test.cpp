#include "weft/tasks/loss/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/tasks/lost.h"

namespace weft {
namespace {

TEST(CrossEntropyLoss, IsTheMeanNegativeLogarithmOfTheTargetsProbability) {
  const std::vector<double> logits{std::log(0.5), std::log(0.25), std::log(0.25), 0, 0, 0};
  EXPECT_NEAR(testing::lost(CrossEntropyLoss(), {2, 3, true}, logits, {1, 2}, 2),
              (std::log(4) + std::log(3)) / 2, 1e-12);
  EXPECT_NEAR(testing::lost(CrossEntropyLoss(), {2, 3, true}, logits, {1, -1}, 1), std::log(4), 1e-12)
      << "ids below 0 do not count";
}

}  // namespace
}  // namespace weft
