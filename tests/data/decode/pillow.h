#pragma once
// The picture of make_golden.py, and what Pillow made of it (golden.txt).
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "weft/data/decode/pixels.h"

namespace weft::testing {

/// The picture that make_golden.py makes.
inline PixelView picture(int64_t height, int64_t width, PixelBuffer& buffer) {
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

inline void expect_pixels(const PixelView& pixels, std::istringstream& expected, const std::string& line) {
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

/// Lines of golden.txt whose name is not refused by `takes`: `expect` gets the name and the rest. How many
/// there were.
inline int for_golden(
    const std::function<bool(const std::string&, std::istringstream&, const std::string&)>& expect) {
  std::ifstream file(std::string(WEFT_SOURCE_DIR) + "/tests/data/decode/golden.txt");
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (expect(name, words, line)) ++cases;
  }
  return cases;
}

}  // namespace weft::testing
