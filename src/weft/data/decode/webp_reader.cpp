#include "weft/data/decode/webp_reader.h"

#include <webp/decode.h>

#include "weft/base/check.h"

namespace weft {

namespace {

const uint8_t* bytes_of(std::span<const std::byte> file) {
  return reinterpret_cast<const uint8_t*>(file.data());
}

}  // namespace

ImageSize WebpReader::open(std::span<const std::byte> file, const std::string& name) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes_of(file), file.size(), &features) != VP8_STATUS_OK) {
    user_error("{}: no WebP image that can be read", name);
  }
  if (features.has_animation != 0) user_error("{}: a WebP animation, and only still images are read", name);
  file_ = file;
  size_ = {features.height, features.width};
  if (size_.height * size_.width > kMostPixels) {
    user_error("{}: a WebP image of {}x{} pixels, and at most {} pixels are read", name, size_.width,
               size_.height, kMostPixels);
  }
  return size_;
}

PixelView WebpReader::read(const std::string& name) {
  const PixelView view = pixels_.resize({0, size_.height}, {0, size_.width});
  const auto bytes = static_cast<size_t>(size_.height * view.row_bytes);
  if (WebPDecodeRGBAInto(bytes_of(file_), file_.size(), view.data, bytes, static_cast<int>(view.row_bytes)) ==
      nullptr) {
    user_error("{}: the WebP image is damaged", name);
  }
  return view;
}

}  // namespace weft
