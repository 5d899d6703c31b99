#pragma once
// Scaling by a triangle filter that widens when an image shrinks ("antialiased bilinear"), in two passes of
// fixed-point sums: column by column, then row by row.
#include <cstdint>
#include <vector>

#include "weft/data/decode/pixels.h"

namespace weft {

/// How positions of one axis are mixed from pixels of the source. It keeps its memory.
class AxisWeights {
 public:
  /// The interval [from, from + extent) of the source becomes `size` positions, of which `window` is wanted;
  /// only pixels within `limits` are used.
  void set(double from, double extent, Range limits, int64_t size, Range window);

  Range window() const { return window_; }
  /// Pixels of the source that the window needs.
  Range source() const { return source_; }
  /// First pixel of the source, and how many follow, at a position of the window.
  int32_t first(int64_t position) const { return first_[static_cast<size_t>(position - window_.begin)]; }
  int32_t count(int64_t position) const { return count_[static_cast<size_t>(position - window_.begin)]; }
  /// Fixed-point weights of these pixels; their sum is 2^kWeightBits but for rounding.
  const int32_t* weights(int64_t position) const {
    return weights_.data() + (position - window_.begin) * most_;
  }

  static constexpr int kWeightBits = 22;

 private:
  Range window_;
  Range source_;
  int64_t most_ = 0;
  std::vector<int32_t> first_;
  std::vector<int32_t> count_;
  std::vector<int32_t> weights_;
  std::vector<double> exact_;
};

/// The window of `rows` x `columns` mixed from `source`, which must hold what they need. The result lies in
/// `result`; `between` is for the pass in the middle. Any window equals its part of the whole.
PixelView resample(const PixelView& source, const AxisWeights& rows, const AxisWeights& columns,
                   PixelBuffer& between, PixelBuffer& result);

}  // namespace weft
