#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "weft/data/decode/pixels.h"

namespace weft {

/// Reads PNG images by libpng; warm, it allocates nothing. Grey and palettes become RGB, 16 bits are rounded
/// to 8, alpha is dropped.
class PngReader {
 public:
  PngReader();
  ~PngReader();
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  /// Reads the header. `file` must stay until read(). UserError naming `name`.
  ImageSize open(std::span<const std::byte> file, const std::string& name);

  /// All pixels of the opened image, valid until the next call. UserError naming `name`.
  PixelView read(const std::string& name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft
