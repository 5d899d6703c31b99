#include "weft/tensor/box_copy.h"

#include <cstring>

#include "weft/base/check.h"

namespace weft {

BoxCopy::BoxCopy(const Region& source, const Region& target, const Region& region, int64_t item)
    : row_bytes_(item), bytes_(region.elems() * item) {
  const size_t dims = region.ranges.size();
  WEFT_CHECK(dims <= kMostDims, "a copy of {} dimensions", dims);
  if (bytes_ == 0) return;
  const Dims from = strides_of(source.shape());
  const Dims to = strides_of(target.shape());
  const Dims shape = region.shape();
  for (size_t d = dims; d-- > 0;) {
    source_offset_ += (region.ranges[d].begin - source.ranges[d].begin) * from[d] * item;
    target_offset_ += (region.ranges[d].begin - target.ranges[d].begin) * to[d] * item;
    if (shape[d] == 1) continue;
    // A dimension whose elements follow each other on both sides makes the rows longer.
    if (loop_count_ == 0 && from[d] * item == row_bytes_ && to[d] * item == row_bytes_) {
      row_bytes_ *= shape[d];
    } else {
      loops_[loop_count_++] = {shape[d], from[d] * item, to[d] * item};
    }
  }
}

void BoxCopy::run(const std::byte* source, std::byte* target) const {
  if (bytes_ == 0) return;
  source += source_offset_;
  target += target_offset_;
  std::array<int64_t, kMostDims> at{};
  while (true) {
    std::memcpy(target, source, static_cast<size_t>(row_bytes_));
    size_t l = 0;
    for (; l < loop_count_; ++l) {
      source += loops_[l].source_step;
      target += loops_[l].target_step;
      if (++at[l] < loops_[l].count) break;
      source -= loops_[l].source_step * loops_[l].count;
      target -= loops_[l].target_step * loops_[l].count;
      at[l] = 0;
    }
    if (l == loop_count_) return;
  }
}

}  // namespace weft
