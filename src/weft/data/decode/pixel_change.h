#pragma once
#include <cstdint>

#include "weft/base/philox.h"
#include "weft/data/decode/pixels.h"

namespace weft {

/// A random change of an image's pixels, after it was cut and scaled and before it is mirrored. What it draws
/// is a pure function of the sample's random numbers.
class PixelChange {
 public:
  virtual ~PixelChange() = default;
  /// What a changed pixel depends on.
  enum class Reach : uint8_t {
    nothing,  ///< with these draws nothing changes
    pixel,    ///< itself: a part of the image may be changed alone
    image,    ///< others too: the whole image must be there
  };
  virtual Reach reach(const RandomStream& random) const = 0;
  /// In place. `pixels` is what of the image is wanted: all of it where the reach is the image. `scratch` is
  /// memory that it may use.
  virtual void apply(const PixelView& pixels, PixelBuffer& scratch, const RandomStream& random) const = 0;
};

}  // namespace weft
