#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace weft {

struct CheckedImage {
  int64_t height = 0;
  int64_t width = 0;
};

/// Reads an image file whole: JPEG is decoded, and every chunk of a PNG is held against its checksum (its
/// pixels are not inflated). UserError naming `name` where it is damaged, cut short, empty or neither.
CheckedImage check_image(std::span<const std::byte> file, const std::string& name);

}  // namespace weft
