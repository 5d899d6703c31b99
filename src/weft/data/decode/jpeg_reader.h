#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "weft/data/decode/pixels.h"

namespace weft {

/// Reads boxes of JPEG images by libjpeg-turbo; warm, it allocates nothing. Grayscale and CMYK become RGB.
class JpegReader {
 public:
  JpegReader();
  ~JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  /// Reads the header. `file` must stay until read(). UserError naming `name`.
  ImageSize open(std::span<const std::byte> file, const std::string& name);

  /// Decodes the opened image scaled by 1 / `reduction` (1, 2, 4 or 8; sizes are rounded up). The result
  /// holds at least `rows` x `columns` of it, exactly as decoding all of it would give, and is valid until
  /// the next call. The whole file is checked whatever the box, so that all who read a part of a damaged
  /// image learn of it. UserError naming `name`.
  PixelView read(int reduction, Range rows, Range columns, const std::string& name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft
