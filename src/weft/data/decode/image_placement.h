#pragma once
#include <string>

#include "weft/base/philox.h"
#include "weft/data/decode/image_transform.h"
#include "weft/data/decode/pixels.h"

namespace weft {

/// Which draw of a sample's stream decides what. One block of four words each; appending keeps the others.
enum class ImageDraw : uint64_t { kPlace, kCutout, kJitterOrder, kJitterFactors, kAttempts };

/// Where the output image comes from: a box of the file's image is scaled to `scaled`, and the output is a
/// window of that, perhaps mirrored. Outside of `scaled` there is black.
struct ImagePlacement {
  double top = 0;  ///< of the box, in pixels of the file's image
  double left = 0;
  double height = 0;
  double width = 0;
  ImageSize scaled;
  int64_t down = 0;  ///< where pixel (0, 0) of the window lies in `scaled`; negative in the padding
  int64_t right = 0;
  bool mirrored = false;
  Range cutout_rows;  ///< of the output image; empty: none
  Range cutout_columns;

  bool same_scale() const {
    return height == static_cast<double>(scaled.height) && width == static_cast<double>(scaled.width);
  }
};

/// The same for every part of the output. UserError naming `name` where the image cannot serve `transform`.
ImagePlacement place_image(const ImageTransform& transform, const ImageSize& image,
                           const RandomStream& random, const std::string& name);

}  // namespace weft
