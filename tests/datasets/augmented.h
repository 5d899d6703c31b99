#pragma once
// One image of 20 x 20 pixels, transformed.
#include <algorithm>
#include <vector>

#include "tests/data/decode/image_files.h"
#include "weft/data/decode/image_decoder.h"

namespace weft::testing {

inline constexpr int64_t kAugmentedSide = 20;

/// The image as it is.
inline ImageTransform plain_transform() {
  ImageTransform transform;
  transform.height = kAugmentedSide;
  transform.width = kAugmentedSide;
  return transform;
}

/// The box `part` of [20, 20, 3], values in [0, 1], as sample number `sample` has it in the first epoch.
inline std::vector<float> augmented(const ImageTransform& transform, int64_t sample, const Region& part) {
  static const std::vector<std::byte> kFile = as_png(make_picture(kAugmentedSide, kAugmentedSide));
  ImageDecoder decoder;
  std::vector<float> pixels(static_cast<size_t>(part.elems()));
  decoder.decode(kFile, "image", transform, augmentation_stream(1, 0, sample), part,
                 {reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, part.shape()}});
  return pixels;
}

inline std::vector<float> augmented(const ImageTransform& transform, int64_t sample) {
  return augmented(transform, sample, Region::all({kAugmentedSide, kAugmentedSide, 3}));
}

inline float pixel_of(const std::vector<float>& whole, int64_t y, int64_t x, int64_t c) {
  return whole[static_cast<size_t>((y * kAugmentedSide + x) * 3 + c)];
}

inline std::vector<float> part_of(const std::vector<float>& whole, const Region& part) {
  std::vector<float> values;
  for (int64_t y = part.ranges[0].begin; y < part.ranges[0].end; ++y) {
    for (int64_t x = part.ranges[1].begin; x < part.ranges[1].end; ++x) {
      for (int64_t c = part.ranges[2].begin; c < part.ranges[2].end; ++c) {
        values.push_back(pixel_of(whole, y, x, c));
      }
    }
  }
  return values;
}

}  // namespace weft::testing
