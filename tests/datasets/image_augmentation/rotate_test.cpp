#include "weft/datasets/image_augmentation/rotate.h"

#include <gtest/gtest.h>

#include "tests/datasets/augmented.h"

namespace weft {
namespace {

TEST(Rotate, TurnsAboutTheMiddleAndLeavesCornersBlack) {
  Rotate rotate;
  rotate.degrees = 180;
  ImageTransform transform = testing::plain_transform();
  rotate.add_to(transform);
  const std::vector<float> before = testing::augmented(testing::plain_transform(), 0);
  int64_t black = 0;
  for (int64_t sample = 0; sample < 50; ++sample) {
    const std::vector<float> after = testing::augmented(transform, sample);
    black += testing::pixel_of(after, 0, 0, 0) == 0 && testing::pixel_of(after, 0, 0, 1) == 0 ? 1 : 0;
    // A ring about the middle keeps its pixels, though not their places.
    double sum_before = 0;
    double sum_after = 0;
    for (int64_t y = 7; y < 13; ++y) {
      for (int64_t x = 7; x < 13; ++x) {
        sum_before += static_cast<double>(testing::pixel_of(before, y, x, 0));
        sum_after += static_cast<double>(testing::pixel_of(after, y, x, 0));
      }
    }
    EXPECT_NEAR(sum_after, sum_before, 0.2 * sum_before);
  }
  EXPECT_GT(black, 20);
}

TEST(Rotate, ByHalfATurnAtMost) {
  EXPECT_NE(Rotate().with("rotation", {180.0}).kind, nullptr);
  EXPECT_EQ(Rotate().with("rotation", {200.0}).kind, nullptr);
  EXPECT_EQ(Rotate().keys()[0].expected, "a number in [0, 180]");
}

}  // namespace
}  // namespace weft
