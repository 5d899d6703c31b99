#include "weft/data/source/slab.h"

#include "weft/base/check.h"

namespace weft {

void append_extent(std::vector<Extent>& extents, Extent extent) {
  if (extent.bytes == 0) return;
  if (!extents.empty()) {
    Extent& last = extents.back();
    if (last.file == extent.file && last.offset + last.bytes == extent.offset) {
      last.bytes += extent.bytes;
      return;
    }
  }
  extents.push_back(extent);
}

void append_slab(std::vector<Extent>& extents, int32_t file, int64_t offset, const Dims& shape,
                 const Region& part, int64_t elem_bytes) {
  const size_t dims = shape.size();
  WEFT_CHECK(part.ranges.size() == dims && Region::all(shape).contains(part), "{} is no part of {}",
             to_string(part), to_string(shape));
  if (part.empty()) return;
  // Trailing dimensions that are taken whole make one run with the first one that is not.
  size_t outer = dims;
  int64_t run = elem_bytes;
  while (outer > 0) {
    --outer;
    run *= part.ranges[outer].size();
    if (part.ranges[outer].size() != shape[outer]) break;
  }
  const Dims strides = strides_of(shape);
  Dims at(outer);
  int64_t first = 0;
  for (size_t d = 0; d < dims; ++d) first += part.ranges[d].begin * strides[d];
  for (size_t d = 0; d < outer; ++d) at[d] = 0;
  while (true) {
    int64_t place = first;
    for (size_t d = 0; d < outer; ++d) place += at[d] * strides[d];
    append_extent(extents, {file, offset + place * elem_bytes, run});
    size_t d = outer;
    while (d > 0 && ++at[d - 1] == part.ranges[d - 1].size()) at[--d] = 0;
    if (d == 0) return;
  }
}

bool checked_bytes(const Dims& shape, int64_t elem_bytes, int64_t& bytes) {
  bytes = elem_bytes;
  bool empty = false;
  for (const int64_t size : shape) {
    if (size < 0) return false;
    empty = empty || size == 0;
    if (size != 0 && __builtin_mul_overflow(bytes, size, &bytes)) return false;
  }
  if (empty) bytes = 0;
  return true;
}

}  // namespace weft
