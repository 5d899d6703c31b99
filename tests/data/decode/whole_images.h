#pragma once
// What tests of readers of whole images share: are the pixels those of a picture?
#include <gtest/gtest.h>

#include "tests/data/decode/image_files.h"
#include "weft/data/decode/pixels.h"

namespace weft::testing {

/// `value(y, x, c)` is what the picture has there.
template <class Value>
void expect_pixels(const PixelView& view, const Picture& picture, const Value& value) {
  ASSERT_EQ(view.rows.size(), picture.height);
  ASSERT_EQ(view.columns.size(), picture.width);
  for (int64_t y = 0; y < picture.height; ++y) {
    for (int64_t x = 0; x < picture.width; ++x) {
      for (int64_t c = 0; c < 3; ++c) {
        ASSERT_EQ(view.at(y, x)[c], value(y, x, c)) << y << ", " << x << ", " << c;
      }
    }
  }
}

}  // namespace weft::testing
