#pragma once
// What is done to an image between the file and the step's input.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "weft/data/decode/erasing.h"
#include "weft/data/decode/pixel_change.h"

namespace weft {

/// In this order: crop, changes of pixels, mirror, normalise, erase.
/// Every random choice is a pure function of (seed, epoch, sample): never of ranks, threads or order.
///
/// All draw from one stream of a sample's random numbers (base/philox.h), each from blocks of its own, or
/// their draws would agree. Blocks 0 and 4 to 13 are the placement's, which mirrors too; block 1 is cutout's,
/// blocks 2 and 3 are those of the colour jitter. Whatever else draws takes block(name_hash("its name")), as
/// uniform(name_hash("rotate")) does: it then needs no number that another may have.
struct ImageTransform {
  enum class Crop : uint8_t {
    none,            ///< the image must have the output's size
    centre,          ///< the shorter side is scaled to `resize`, then the middle is cut out
    padded,          ///< the image padded by `padding` black pixels on each side, cut at random
    random_resized,  ///< a random area and aspect ratio, scaled to the output (as torchvision does)
  };
  int64_t height = 0;  ///< of the output
  int64_t width = 0;
  Crop crop = Crop::none;
  int64_t resize = 0;
  int64_t padding = 4;
  std::array<double, 2> area{0.08, 1.0};                    ///< of random_resized, as fractions of the image
  std::array<double, 2> aspect{3.0 / 4, 4.0 / 3};           ///< width / height
  bool mirror = false;                                      ///< at random, from left to right
  std::vector<std::shared_ptr<const PixelChange>> changes;  ///< one after the other; copies share them
  std::vector<std::shared_ptr<const Erasing>> erasings;     ///< likewise
  std::array<double, 3> mean{0, 0, 0};                      ///< of values in [0, 1]
  std::array<double, 3> deviation{1, 1, 1};
};

/// Cuts at random instead of from the middle (shifted by up to `padding` pixels, or a random area where
/// images are scaled), and mirrors.
inline void add_random_crop(ImageTransform& transform) {
  using Crop = ImageTransform::Crop;
  transform.crop = transform.crop == Crop::centre ? Crop::random_resized : Crop::padded;
  transform.mirror = true;
}

/// What the field does by habit: images as they are (`side` 0) or `side` pixels high and wide, cut from the
/// middle after the shorter side was scaled to 8/7 of it.
inline ImageTransform usual_transform(ImageSize as_it_is, int64_t side) {
  ImageTransform transform;
  transform.height = side > 0 ? side : as_it_is.height;
  transform.width = side > 0 ? side : as_it_is.width;
  transform.resize = side * 8 / 7;  // 256 for 224
  if (side > 0) transform.crop = ImageTransform::Crop::centre;
  return transform;
}

}  // namespace weft
