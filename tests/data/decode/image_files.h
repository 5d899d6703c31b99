#pragma once
// Images for tests, made here: smooth colours with some noise, as JPEG and PNG files in memory.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/base/philox.h"

namespace weft::testing {

struct Picture {
  int64_t height = 0;
  int64_t width = 0;
  std::vector<uint8_t> rgb;  ///< [height, width, 3]

  uint8_t at(int64_t y, int64_t x, int64_t c) const {
    return rgb[static_cast<size_t>((y * width + x) * 3 + c)];
  }
};

Picture make_picture(int64_t height, int64_t width, uint64_t seed = 1);

struct JpegOptions {
  int quality = 90;
  int horizontal = 2;  ///< luma samples for each of chroma
  int vertical = 2;
  bool progressive = false;
  int components = 3;  ///< 1: grey, 3: colour, 4: CMYK with Adobe's marker
};
std::vector<std::byte> as_jpeg(const Picture& picture, const JpegOptions& options = {});

struct PngOptions {
  int depth = 8;
  bool grey = false;
  bool palette = false;
  bool alpha = false;
  bool interlaced = false;
};
/// Grey: of the first channel. A palette of at most 2^depth colours: greys, from the first channel's upper
/// bits.
std::vector<std::byte> as_png(const Picture& picture, const PngOptions& options = {});

/// By libwebp: lossless, or at its usual quality.
std::vector<std::byte> as_webp(const Picture& picture, bool lossless = true);

struct BmpOptions {
  int bits = 24;  ///< 1, 4, 8: a palette of greys, from the first channel's upper bits
  bool from_top = false;
  bool masks = false;   ///< of 32 bits: red, green and blue from the lowest byte up
  bool is_old = false;  ///< OS/2's header of 12 bytes
};
std::vector<std::byte> as_bmp(const Picture& picture, const BmpOptions& options = {});

}  // namespace weft::testing
