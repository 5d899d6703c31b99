#pragma once
#include <array>
#include <cstddef>

#include "weft/tensor/region.h"

namespace weft {

/// The copy of a box from one piece of a tensor to another, worked out once and run many times: running it
/// allocates nothing. At most 8 dimensions.
class BoxCopy {
 public:
  /// Copies `region` (global coordinates) of elements of `item` bytes out of memory that holds `source` of
  /// the tensor into memory that holds `target`. Both contain `region`.
  BoxCopy(const Region& source, const Region& target, const Region& region, int64_t item);
  /// The two must not overlap.
  void run(const std::byte* source, std::byte* target) const;
  int64_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kMostDims = 8;
  /// One loop around the rows: how often, and the steps in bytes.
  struct Loop {
    int64_t count = 1;
    int64_t source_step = 0;
    int64_t target_step = 0;
  };
  std::array<Loop, kMostDims> loops_;  ///< innermost first
  size_t loop_count_ = 0;
  int64_t source_offset_ = 0;
  int64_t target_offset_ = 0;
  int64_t row_bytes_ = 0;  ///< that lie together on both sides
  int64_t bytes_ = 0;
};

}  // namespace weft
