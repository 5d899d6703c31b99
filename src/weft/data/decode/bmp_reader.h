#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weft/data/decode/pixels.h"

namespace weft {

/// Reads BMP images that are not compressed: 24 and 32 bits a pixel, or a palette of 1, 4 or 8. Own code, as
/// the libraries that read BMP from memory are toolkits for everything; libjpeg-turbo's reads files only.
class BmpReader {
 public:
  /// Reads the headers and the palette. `file` must stay until read(). UserError naming `name`.
  ImageSize open(std::span<const std::byte> file, const std::string& name);

  /// All pixels of the opened image, valid until the next call.
  PixelView read();

 private:
  struct Header;
  using Colour = std::array<uint8_t, 3>;

  void read_palette(const Header& header, const std::string& name);
  void read_masks(const std::string& name);
  void read_row(const uint8_t* row, uint8_t* pixels) const;

  std::span<const std::byte> file_;
  ImageSize size_;
  int64_t bits_ = 0;  ///< a pixel
  int64_t begin_ = 0;
  int64_t row_bytes_ = 0;
  bool from_top_ = false;
  std::array<int, 3> channels_{2, 1, 0};  ///< which byte of a pixel is red, green and blue
  std::vector<Colour> palette_;
  PixelBuffer pixels_;
};

}  // namespace weft
