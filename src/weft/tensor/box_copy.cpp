#include "weft/tensor/box_copy.h"

#include <cstring>

#include "weft/base/check.h"
#include "weft/tensor/bits.h"

namespace weft {

BoxCopy::BoxCopy(const Region& source, const Region& target, const Region& region, DType dtype)
    : row_(dtype == DType::bit ? 1 : bytes_of(dtype)),
      empty_(region.elems() == 0),
      bitwise_(dtype == DType::bit),
      target_elems_(dtype == DType::bit ? target.elems() : 0) {
  const size_t dims = region.ranges.size();
  WEFT_CHECK(dims <= kMostDims, "a copy of {} dimensions", dims);
  if (empty_) return;
  const int64_t item = row_;
  const Dims from = strides_of(source.shape());
  const Dims to = strides_of(target.shape());
  const Dims shape = region.shape();
  for (size_t d = dims; d-- > 0;) {
    source_offset_ += (region.ranges[d].begin - source.ranges[d].begin) * from[d] * item;
    target_offset_ += (region.ranges[d].begin - target.ranges[d].begin) * to[d] * item;
    if (shape[d] == 1) continue;
    // A dimension whose elements follow each other on both sides makes the rows longer.
    if (loop_count_ == 0 && from[d] * item == row_ && to[d] * item == row_) {
      row_ *= shape[d];
    } else {
      loops_[loop_count_++] = {shape[d], from[d] * item, to[d] * item};
    }
  }
  if (bitwise_) use_bytes_where_possible();
}

void BoxCopy::use_bytes_where_possible() {
  int64_t together = source_offset_ | target_offset_ | row_;
  for (size_t l = 0; l < loop_count_; ++l) together |= loops_[l].source_step | loops_[l].target_step;
  if (together % 8 != 0) return;
  bitwise_ = false;
  source_offset_ /= 8;
  target_offset_ /= 8;
  row_ /= 8;
  for (size_t l = 0; l < loop_count_; ++l) {
    loops_[l].source_step /= 8;
    loops_[l].target_step /= 8;
  }
}

void BoxCopy::run(const std::byte* source, std::byte* target) const {
  if (empty_) return;
  run_rows(source, target);
  clear_bits_behind(target, target_elems_);
}

void BoxCopy::run_rows(const std::byte* source, std::byte* target) const {
  int64_t from = source_offset_;
  int64_t to = target_offset_;
  std::array<int64_t, kMostDims> at{};
  while (true) {
    if (bitwise_) {
      copy_bits(source, from, target, to, row_);
    } else {
      std::memcpy(target + to, source + from, static_cast<size_t>(row_));
    }
    size_t l = 0;
    for (; l < loop_count_; ++l) {
      from += loops_[l].source_step;
      to += loops_[l].target_step;
      if (++at[l] < loops_[l].count) break;
      from -= loops_[l].source_step * loops_[l].count;
      to -= loops_[l].target_step * loops_[l].count;
      at[l] = 0;
    }
    if (l == loop_count_) return;
  }
}

}  // namespace weft
