// Any bytes are a BMP image, every pixel of which is then written, or a UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/decode/bmp_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weft::BmpReader reader;
  try {
    const weft::ImageSize image = reader.open(std::as_bytes(std::span(data, size)), "fuzz");
    // A bit a pixel at least, which is what keeps a small file from asking for much memory.
    if (image.height * image.width > 8 * static_cast<int64_t>(size)) std::abort();
    const weft::PixelView view = reader.read();
    for (int64_t y = 0; y < image.height; ++y) {
      for (int64_t x = 0; x < image.width; ++x) {
        if (view.at(y, x)[3] != 0xff) std::abort();
      }
    }
  } catch (const weft::UserError&) {
  }
  return 0;
}
