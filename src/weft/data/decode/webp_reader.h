#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "weft/data/decode/pixels.h"

namespace weft {

/// Reads WebP images by libwebp, lossy and lossless; alpha is dropped. Animations are refused.
class WebpReader {
 public:
  /// Reads the header. `file` must stay until read(). UserError naming `name`.
  ImageSize open(std::span<const std::byte> file, const std::string& name);

  /// All pixels of the opened image, valid until the next call. UserError naming `name`.
  PixelView read(const std::string& name);

 private:
  std::span<const std::byte> file_;
  ImageSize size_;
  PixelBuffer pixels_;
};

}  // namespace weft
