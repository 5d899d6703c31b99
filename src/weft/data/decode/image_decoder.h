#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "weft/base/philox.h"
#include "weft/data/decode/image_transform.h"
#include "weft/data/decode/pixels.h"
#include "weft/tensor/view.h"

namespace weft {

/// Decodes JPEG (libjpeg-turbo, scaled decoding where the output is much smaller), PNG (libpng), WebP
/// (libwebp) and BMP, and transforms. One of these a worker thread; it keeps its buffers, so that a warm
/// decoder allocates nothing (libwebp does).
class ImageDecoder {
 public:
  ImageDecoder();
  ~ImageDecoder();
  ImageDecoder(const ImageDecoder&) = delete;
  ImageDecoder& operator=(const ImageDecoder&) = delete;

  /// Size in the file's header. UserError naming `name` where the bytes are no image that we can read.
  ImageSize size(std::span<const std::byte> file, const std::string& name);

  /// Writes the part `part` ([y, x, channel] of the transformed image [height, width, 3]) to `output`: the
  /// part's shape, dtype u8 (not normalised), bf16, f32 or f64. `random`: the draws of this sample in this
  /// epoch, as augmentation_stream() gives. UserError naming `name`: the file is checked whole, so all parts
  /// of a damaged image fail alike.
  void decode(std::span<const std::byte> file, const std::string& name, const ImageTransform& transform,
              const RandomStream& random, const Region& part, const View& output);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

/// The random numbers of one sample in one epoch.
RandomStream augmentation_stream(uint64_t seed, int64_t epoch, int64_t sample);

}  // namespace weft
