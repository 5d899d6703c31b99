#pragma once
// Changes of images that draw at random, as augmentations do.
#include <algorithm>

#include "weft/data/decode/erasing.h"
#include "weft/data/decode/pixel_change.h"

namespace weft::testing {

/// Four rows and seven columns somewhere are blank.
class RandomBox final : public Erasing {
 public:
  Box box(ImageSize image, const RandomStream& random) const override {
    const int64_t down = below(random.block(1)[0], std::max<int64_t>(1, image.height - 3));
    const int64_t right = below(random.block(1)[1], std::max<int64_t>(1, image.width - 6));
    return {{down, std::min(image.height, down + 4)}, {right, std::min(image.width, right + 7)}};
  }
};

/// Adds a random number to every byte, and with `whole` the image's greatest byte.
class Shift final : public PixelChange {
 public:
  explicit Shift(bool whole) : whole_(whole) {}
  Reach reach(const RandomStream& /*random*/) const override { return whole_ ? Reach::image : Reach::pixel; }
  void apply(const PixelView& pixels, PixelBuffer& /*scratch*/, const RandomStream& random) const override {
    uint32_t more = random.block(2)[0] >> 24;
    uint8_t most = 0;
    each_byte(pixels, [&](uint8_t byte) { most = std::max(most, byte); });
    if (whole_) more += most;
    each_byte(pixels, [&](uint8_t& byte) { byte = static_cast<uint8_t>(byte + more); });
  }

 private:
  template <class Change>
  static void each_byte(const PixelView& pixels, Change change) {
    for (int64_t y = pixels.rows.begin; y < pixels.rows.end; ++y) {
      for (int64_t x = pixels.columns.begin; x < pixels.columns.end; ++x) {
        for (int64_t c = 0; c < 3; ++c) change(pixels.at(y, x)[c]);
      }
    }
  }

  bool whole_;
};

}  // namespace weft::testing
