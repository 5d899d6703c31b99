#pragma once
// Decoded pixels: a box of an image, four bytes a pixel (red, green, blue, and one that means nothing), since
// vector code likes four better than three.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weft/tensor/region.h"

namespace weft {

struct ImageSize {
  int64_t height = 0;
  int64_t width = 0;
  bool operator==(const ImageSize&) const = default;
};

constexpr int64_t kPixelBytes = 4;

/// What two ranges have in common; it ends before it begins where that is nothing.
constexpr Range common(Range a, Range b) { return {std::max(a.begin, b.begin), std::min(a.end, b.end)}; }
/// More pixels than this are taken for a damaged header, before memory is taken for them.
constexpr int64_t kMostPixels = int64_t{1} << 27;

/// A box of pixels within memory that another owns.
struct PixelView {
  uint8_t* data = nullptr;  ///< pixel (rows.begin, columns.begin)
  int64_t row_bytes = 0;
  Range rows;
  Range columns;

  uint8_t* at(int64_t y, int64_t x) const {
    return data + (y - rows.begin) * row_bytes + (x - columns.begin) * kPixelBytes;
  }
};

/// Memory for one box of pixels; it only ever grows.
class PixelBuffer {
 public:
  /// Pixels of the box, not initialised, in rows without gaps. The view before becomes invalid.
  PixelView resize(Range rows, Range columns) {
    const int64_t row_bytes = columns.size() * kPixelBytes;
    const auto bytes = static_cast<size_t>(rows.size() * row_bytes);
    if (bytes_.size() < bytes) bytes_.resize(bytes);
    return {bytes_.data(), row_bytes, rows, columns};
  }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace weft
