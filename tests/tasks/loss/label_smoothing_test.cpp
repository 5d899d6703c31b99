#include "weft/tasks/loss/label_smoothing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/golden.h"
#include "tests/tasks/lost.h"

namespace weft {
namespace {

TEST(LabelSmoothingLoss, IsPyTorchs) {
  const testing::Golden golden("tests/tasks/golden.txt");
  std::vector<double> logits;
  for (int i = 0; i < 35; ++i) logits.push_back(3 * std::sin(0.37 * i));
  for (const double smoothing : {0.0, 0.1, 0.5}) {
    LabelSmoothingLoss loss;
    loss.smoothing = smoothing;
    const double got = testing::lost(loss, {5, 7, true}, logits, {3, 0, -1, 6, 2}, 4);
    testing::expect_golden(golden, fmt::format("label_smoothing.{:.1f}", smoothing), {got}, 1e-12);
  }
}

}  // namespace
}  // namespace weft
