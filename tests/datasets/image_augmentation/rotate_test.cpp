#include "weft/datasets/image_augmentation/rotate.h"

#include <gtest/gtest.h>

#include <numbers>
#include <string>
#include <vector>

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

/// An image of these rows, of which each letter is a pixel; a space is black.
std::vector<std::string> turned(const std::vector<std::string>& rows, double degrees) {
  PixelBuffer memory;
  PixelBuffer scratch;
  const PixelView pixels = memory.resize({3, 3 + std::ssize(rows)}, {5, 5 + std::ssize(rows.front())});
  const auto at = [&](size_t y, size_t x) {
    return pixels.at(pixels.rows.begin + static_cast<int64_t>(y),
                     pixels.columns.begin + static_cast<int64_t>(x));
  };
  for (size_t y = 0; y < rows.size(); ++y) {
    for (size_t x = 0; x < rows[y].size(); ++x) {
      for (int64_t c = 0; c < kPixelBytes; ++c) at(y, x)[c] = static_cast<uint8_t>(rows[y][x] + c);
    }
  }
  turn(pixels, scratch, degrees * std::numbers::pi / 180);
  std::vector<std::string> after = rows;
  for (size_t y = 0; y < rows.size(); ++y) {
    for (size_t x = 0; x < rows[y].size(); ++x) {
      after[y][x] = at(y, x)[0] == 0 ? ' ' : static_cast<char>(at(y, x)[0]);
      for (int64_t c = 1; c < 3; ++c) {
        EXPECT_EQ(at(y, x)[c], after[y][x] == ' ' ? 0 : after[y][x] + c) << "the channels stay together";
      }
    }
  }
  return after;
}

using Rows = std::vector<std::string>;

TEST(Rotate, ByQuartersOfATurnNoPixelIsLostOrMixed) {
  const Rows odd{"abc", "def", "ghi"};
  EXPECT_EQ(turned(odd, 0), odd);
  EXPECT_EQ(turned(odd, 90), (Rows{"gda", "heb", "ifc"}));
  EXPECT_EQ(turned(odd, -90), (Rows{"cfi", "beh", "adg"}));
  EXPECT_EQ(turned(odd, 180), (Rows{"ihg", "fed", "cba"}));
  EXPECT_EQ(turned(odd, -180), (Rows{"ihg", "fed", "cba"}));
  const Rows even{"abcd", "efgh", "ijkl", "mnop"};
  EXPECT_EQ(turned(even, 0), even);
  EXPECT_EQ(turned(even, 90), (Rows{"miea", "njfb", "okgc", "plhd"}));
  EXPECT_EQ(turned(even, 180), (Rows{"ponm", "lkji", "hgfe", "dcba"}));
}

TEST(Rotate, WhatComesFromOutsideIsBlack) {
  EXPECT_EQ(turned({"abcde", "fghij", "klmno"}, 90), (Rows{" lgb ", " mhc ", " nid "}));
  EXPECT_EQ(turned({"abcde", "fghij", "klmno"}, 180), (Rows{"onmlk", "jihgf", "edcba"}));
  EXPECT_EQ(turned({"x"}, 33), (Rows{"x"}));
}

TEST(Rotate, ByHalfATurnAtMost) {
  EXPECT_NE(Rotate().with("rotation", {180.0}).kind, nullptr);
  EXPECT_EQ(Rotate().with("rotation", {200.0}).kind, nullptr);
  EXPECT_EQ(Rotate().keys()[0].expected, "a number in [0, 180]");
}

}  // namespace
}  // namespace weft
