#pragma once
#include <string>

#include "weft/base/philox.h"
#include "weft/data/decode/image_transform.h"
#include "weft/data/decode/pixels.h"

namespace weft {

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

  bool same_scale() const {
    return height == static_cast<double>(scaled.height) && width == static_cast<double>(scaled.width);
  }
};

/// The same for every part of the output. It draws block 0 of `random`, and 4 to 13. UserError naming `name`
/// where the image cannot serve `transform`.
ImagePlacement place_image(const ImageTransform& transform, const ImageSize& image,
                           const RandomStream& random, const std::string& name);

}  // namespace weft
