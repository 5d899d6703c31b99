#pragma once
#include "weft/base/philox.h"
#include "weft/data/decode/pixels.h"
#include "weft/tensor/view.h"

namespace weft {

/// What blanks a box of an image after it was normalised.
class Erasing {
 public:
  virtual ~Erasing() = default;
  struct Box {
    Range rows;  ///< of the output image; empty: none
    Range columns;
  };
  /// A pure function of the sample's random numbers.
  virtual Box box(ImageSize image, const RandomStream& random) const = 0;
};

/// Writes zeros to what of `box` lies in `part` ([y, x, channel]), the part of an image that `output` holds.
void erase(const Erasing::Box& box, const Region& part, const View& output);

}  // namespace weft
