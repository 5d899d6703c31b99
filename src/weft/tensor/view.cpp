#include "weft/tensor/view.h"

#include <fmt/format.h>

#include <cstring>

#include "weft/base/check.h"

namespace weft {

std::string to_string(const TensorType& type) {
  return fmt::format("{}{}", name_of(type.dtype), to_string(type.shape));
}

void copy_region(const View& source, const Region& source_region, const View& target,
                 const Region& target_region, const Region& region) {
  WEFT_CHECK(source.type.dtype == target.type.dtype, "copy of {} into {}", name_of(source.type.dtype),
             name_of(target.type.dtype));
  if (region.empty()) return;
  const int64_t item = bytes_of(source.type.dtype);
  const size_t dims = region.ranges.size();
  const Dims from = strides_of(source_region.shape());
  const Dims to = strides_of(target_region.shape());
  int64_t source_at = 0;
  int64_t target_at = 0;
  for (size_t d = 0; d < dims; ++d) {
    source_at += (region.ranges[d].begin - source_region.ranges[d].begin) * from[d];
    target_at += (region.ranges[d].begin - target_region.ranges[d].begin) * to[d];
  }
  if (dims == 0) {
    std::memcpy(target.data, source.data, static_cast<size_t>(item));
    return;
  }
  const Dims shape = region.shape();
  const int64_t row_bytes = shape.back() * item;
  Dims at(dims, 0);
  while (true) {
    std::memcpy(target.data + target_at * item, source.data + source_at * item,
                static_cast<size_t>(row_bytes));
    size_t d = dims - 1;
    while (d > 0) {
      --d;
      source_at += from[d];
      target_at += to[d];
      if (++at[d] < shape[d]) break;
      source_at -= from[d] * shape[d];
      target_at -= to[d] * shape[d];
      at[d] = 0;
      if (d == 0) return;
    }
    if (dims == 1) return;
  }
}

}  // namespace weft
