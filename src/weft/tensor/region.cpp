#include "weft/tensor/region.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

int64_t elems_of(const Dims& shape) {
  constexpr int64_t kMost = int64_t{1} << 59;  // so that bytes can be counted too
  int64_t elems = 1;
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(elems, size, &elems) || elems > kMost) {
      user_error("a tensor of shape {} is larger than any memory", to_string(shape));
    }
  }
  return elems;
}

Dims strides_of(const Dims& shape) {
  Dims strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

std::string to_string(const Dims& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

Range split_range(int64_t size, int64_t parts, int64_t index) {
  const int64_t base = size / parts;
  const int64_t extra = size % parts;
  const int64_t begin = index * base + std::min(index, extra);
  return {begin, begin + base + (index < extra ? 1 : 0)};
}

Region Region::all(const Dims& shape) {
  Region region;
  for (const int64_t size : shape) region.ranges.push_back({0, size});
  return region;
}

Dims Region::shape() const {
  Dims shape;
  for (const Range& range : ranges) shape.push_back(range.size());
  return shape;
}

int64_t Region::elems() const {
  int64_t elems = 1;
  for (const Range& range : ranges) elems *= range.size();
  return elems;
}

bool Region::contains(const Region& inner) const {
  if (inner.empty()) return true;
  for (size_t d = 0; d < ranges.size(); ++d) {
    if (inner.ranges[d].begin < ranges[d].begin || inner.ranges[d].end > ranges[d].end) return false;
  }
  return true;
}

Region intersect(const Region& a, const Region& b) {
  WEFT_CHECK(a.ranges.size() == b.ranges.size(), "regions of different rank: {} and {}", to_string(a),
             to_string(b));
  Region common;
  for (size_t d = 0; d < a.ranges.size(); ++d) {
    const int64_t begin = std::max(a.ranges[d].begin, b.ranges[d].begin);
    common.ranges.push_back({begin, std::max(begin, std::min(a.ranges[d].end, b.ranges[d].end))});
  }
  return common;
}

std::string to_string(const Region& region) {
  std::string text = "[";
  for (const Range& range : region.ranges) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("{}:{}", range.begin, range.end);
  }
  return text + "]";
}

}  // namespace weft
