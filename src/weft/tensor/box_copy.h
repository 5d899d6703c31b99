#pragma once
#include <array>
#include <cstddef>

#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft {

/// The copy of a box from one piece of a tensor to another, worked out once and run many times: running it
/// allocates nothing. At most 8 dimensions.
class BoxCopy {
 public:
  /// Copies `region` (global coordinates) out of memory that holds `source` of a tensor of `dtype` into
  /// memory that holds `target`. Both contain `region`. Of bits, those of the target beside the region stay.
  BoxCopy(const Region& source, const Region& target, const Region& region, DType dtype);
  /// The two must not overlap.
  void run(const std::byte* source, std::byte* target) const;

 private:
  static constexpr size_t kMostDims = 8;
  /// One loop around the rows: how often, and the steps in units.
  struct Loop {
    int64_t count = 1;
    int64_t source_step = 0;
    int64_t target_step = 0;
  };
  void use_bytes_where_possible();
  void run_rows(const std::byte* source, std::byte* target) const;

  std::array<Loop, kMostDims> loops_;  ///< innermost first
  size_t loop_count_ = 0;
  int64_t source_offset_ = 0;
  int64_t target_offset_ = 0;
  int64_t row_ = 0;  ///< units that lie together on both sides
  bool empty_ = false;
  bool bitwise_ = false;      ///< a unit is a bit: some row does not lie in whole bytes; else it is a byte
  int64_t target_elems_ = 0;  ///< of bits, behind which the target's last byte is made zero; else 0
};

}  // namespace weft
