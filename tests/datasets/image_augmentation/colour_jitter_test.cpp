#include "weft/datasets/image_augmentation/colour_jitter.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "tests/data/decode/pillow.h"
#include "tests/datasets/augmented.h"

namespace weft {
namespace {

void expect_changed(const std::string& name, std::istringstream& words, const std::string& line) {
  ColourJitter jitter;
  double factor = 0;
  words >> factor;
  (name == "brightness" ? jitter.brightness
   : name == "contrast" ? jitter.contrast
                        : jitter.saturation) = factor;
  PixelBuffer buffer;
  const PixelView pixels = testing::picture(6, 7, buffer);
  apply(jitter, pixels);
  testing::expect_pixels(pixels, words, line);
}

TEST(ColourJitter, GivesPillowsBytes) {
  const auto changed = [](const std::string& name, std::istringstream& words, const std::string& line) {
    if (name != "scale") expect_changed(name, words, line);
    return name != "scale";
  };
  EXPECT_EQ(testing::for_golden(changed), 15);
}

TEST(ColourJitter, HueTurnsPrimariesIntoEachOther) {
  const auto turned = [](std::array<uint8_t, 3> colour, double turns) {
    PixelBuffer buffer;
    const PixelView pixel = buffer.resize({0, 1}, {0, 1});
    std::copy(colour.begin(), colour.end(), pixel.data);
    ColourJitter jitter;
    jitter.hue = turns;
    apply(jitter, pixel);
    return std::array<uint8_t, 3>{pixel.data[0], pixel.data[1], pixel.data[2]};
  };
  using Colour = std::array<uint8_t, 3>;
  EXPECT_EQ(turned({200, 10, 10}, 1.0 / 3), (Colour{10, 200, 10}));
  EXPECT_EQ(turned({200, 10, 10}, -1.0 / 3), (Colour{10, 10, 200}));
  EXPECT_EQ(turned({200, 10, 10}, 0.5), (Colour{10, 200, 200}));
  EXPECT_EQ(turned({200, 10, 10}, 1.0 / 12), (Colour{200, 105, 10}));
  EXPECT_EQ(turned({10, 20, 90}, 1.0 / 3), (Colour{90, 10, 20}));
  EXPECT_EQ(turned({7, 7, 7}, 0.3), (Colour{7, 7, 7}));  // grey has no hue
}

TEST(ColourJitter, FactorsStayInRangeAndAllOrdersOccur) {
  JitterColours ranges;
  ranges.brightness = 0.3;
  ranges.contrast = 1.5;
  ranges.hue = 0.2;
  std::set<std::array<ColourJitter::Change, 4>> orders;
  double least = 2;
  double most = 0;
  for (uint64_t sample = 0; sample < 1000; ++sample) {
    const ColourJitter jitter = ranges.draw({0, sample, 0});
    ASSERT_TRUE(jitter.active);
    ASSERT_LE(std::abs(jitter.brightness - 1), 0.3);
    ASSERT_GE(jitter.contrast, 0);  // torchvision's lower bound, too
    ASSERT_LE(jitter.contrast, 2.5);
    ASSERT_EQ(jitter.saturation, 1);
    ASSERT_LE(std::abs(jitter.hue), 0.2);
    least = std::min(least, jitter.brightness);
    most = std::max(most, jitter.brightness);
    orders.insert(jitter.order);
  }
  EXPECT_EQ(orders.size(), 24u);
  EXPECT_LT(least, 0.71);
  EXPECT_GT(most, 1.29);
}

TEST(JitterColours, OfAPartAreThoseOfTheWhole) {
  JitterColours jitter;
  jitter.contrast = 0.5;  // looks at the whole image
  jitter.hue = 0.1;
  ImageTransform transform = testing::plain_transform();
  jitter.add_to(transform);
  const Region part{{{3, 11}, {5, 20}, {0, 3}}};
  for (int64_t sample = 0; sample < 5; ++sample) {
    EXPECT_EQ(testing::augmented(transform, sample, part),
              testing::part_of(testing::augmented(transform, sample), part));
  }
}

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
