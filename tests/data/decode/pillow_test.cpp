// Of data/decode/resample.h, data/decode/colour_jitter.h: scaling and changes of colour give Pillow's bytes,
// those of golden.txt. No tolerance: both round to the same fixed-point weights and to bytes between the
// passes.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "weft/base/check.h"
#include "weft/data/decode/colour_jitter.h"
#include "weft/data/decode/resample.h"

namespace weft {
namespace {

/// The picture that make_golden.py makes.
PixelView picture(int64_t height, int64_t width, PixelBuffer& buffer) {
  const PixelView view = buffer.resize({0, height}, {0, width});
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t c = 0; c < 3; ++c) {
        view.at(y, x)[c] = static_cast<uint8_t>((y * 7 + x * 13 + c * 29 + (y * x) % 17 * 5) % 256);
      }
    }
  }
  return view;
}

void expect_pixels(const PixelView& pixels, std::istringstream& expected, const std::string& line) {
  for (int64_t y = pixels.rows.begin; y < pixels.rows.end; ++y) {
    for (int64_t x = pixels.columns.begin; x < pixels.columns.end; ++x) {
      for (int64_t c = 0; c < 3; ++c) {
        int value = -1;
        expected >> value;
        ASSERT_EQ(pixels.at(y, x)[c], value) << y << ", " << x << ", " << c << " of " << line.substr(0, 40);
      }
    }
  }
  int more = 0;
  EXPECT_FALSE(expected >> more) << line.substr(0, 40);
}

void expect_scaled(std::istringstream& words, const std::string& line) {
  int64_t height = 0, width = 0, top = 0, left = 0, rows = 0, columns = 0, out_height = 0, out_width = 0;
  words >> height >> width >> top >> left >> rows >> columns >> out_height >> out_width;
  PixelBuffer source;
  PixelBuffer between;
  PixelBuffer result;
  AxisWeights down;
  AxisWeights across;
  down.set(static_cast<double>(top), static_cast<double>(rows), {top, top + rows}, out_height,
           {0, out_height});
  across.set(static_cast<double>(left), static_cast<double>(columns), {left, left + columns}, out_width,
             {0, out_width});
  expect_pixels(resample(picture(height, width, source), down, across, between, result), words, line);
}

void expect_changed(const std::string& name, std::istringstream& words, const std::string& line) {
  ColourJitter jitter;
  double factor = 0;
  words >> factor;
  (name == "brightness" ? jitter.brightness
   : name == "contrast" ? jitter.contrast
                        : jitter.saturation) = factor;
  PixelBuffer buffer;
  const PixelView pixels = picture(6, 7, buffer);
  apply(jitter, pixels);
  expect_pixels(pixels, words, line);
}

TEST(Pillow, ScalingAndColoursAreTheSame) {
  std::ifstream file(std::string(WEFT_SOURCE_DIR) + "/tests/data/decode/golden.txt");
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "scale") {
      expect_scaled(words, line);
    } else {
      expect_changed(name, words, line);
    }
  }
  EXPECT_EQ(cases, 22);
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
  const ColourRanges ranges{.brightness = 0.3, .contrast = 1.5, .hue = 0.2};
  std::set<std::array<ColourJitter::Change, 4>> orders;
  double least = 2;
  double most = 0;
  for (uint64_t sample = 0; sample < 1000; ++sample) {
    const ColourJitter jitter = draw_colour_jitter(ranges, {0, sample, 0});
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

}  // namespace
}  // namespace weft
