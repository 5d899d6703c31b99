#include "weft/datasets/image_augmentation/colour_jitter.h"

#include <gtest/gtest.h>

#include "tests/datasets/augmented.h"

namespace weft {
namespace {

TEST(JitterColours, ChangesTheBrightnessOfAllPixelsAlike) {
  JitterColours jitter;
  jitter.brightness = 0.5;
  ImageTransform transform = testing::plain_transform();
  jitter.add_to(transform);
  const std::vector<float> before = testing::augmented(testing::plain_transform(), 3);
  const std::vector<float> after = testing::augmented(transform, 3);
  ASSERT_NE(after, before);
  const bool brighter = after[0] > before[0];
  for (size_t i = 0; i < before.size(); ++i) {
    const bool can_tell = before[i] > 0.1F && after[i] < 1;
    EXPECT_TRUE(!can_tell || (after[i] > before[i]) == brighter) << i;
  }
}

TEST(JitterColours, TurnsHuesByHalfATurnAtMost) {
  EXPECT_NE(JitterColours().with("hue", {0.5}).kind, nullptr);
  EXPECT_EQ(JitterColours().with("hue", {0.75}).kind, nullptr);
}

}  // namespace
}  // namespace weft
