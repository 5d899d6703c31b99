#pragma once
#include "weft/data/decode/image_placement.h"
#include "weft/data/decode/image_transform.h"
#include "weft/data/decode/pixels.h"
#include "weft/tensor/view.h"

namespace weft {

/// Mirrors, normalises and converts. Writes `part` ([y, x, channel]) of the output
/// image to `output`. `pixels` lie in coordinates of the output before mirroring; where there are none, and
/// the part asks, there is black. The same value for a pixel in any part and on any machine.
void write_pixels(const PixelView& pixels, const ImageTransform& transform, const ImagePlacement& place,
                  const Region& part, const View& output);

}  // namespace weft
