#pragma once
// Shapes, and regions: boxes of a global tensor. Owned and needed regions differ by what must be
// communicated.
#include <cstdint>
#include <string>
#include <vector>

namespace weft {

/// Sizes (or coordinates) by dimension, slowest first; a scalar has none.
using Dims = std::vector<int64_t>;

/// Product of the sizes; 1 for a scalar. UserError where it is beyond 2^59.
int64_t elems_of(const Dims& shape);
/// Row-major strides in elements.
Dims strides_of(const Dims& shape);
/// "[4, 64, 768]"
std::string to_string(const Dims& shape);

/// Half-open interval of one dimension.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end > begin ? end - begin : 0; }
  bool operator==(const Range&) const = default;
};

/// Part `index` of `size` elements cut into `parts` contiguous ranges whose sizes differ by at most one.
Range split_range(int64_t size, int64_t parts, int64_t index);

/// A box of a global tensor: one range a dimension.
struct Region {
  std::vector<Range> ranges;

  static Region all(const Dims& shape);
  Dims shape() const;
  int64_t elems() const;
  bool empty() const { return elems() == 0; }
  bool contains(const Region& inner) const;
  bool operator==(const Region&) const = default;
};

/// The common part of two regions of one tensor; empty ranges where they do not meet.
Region intersect(const Region& a, const Region& b);
std::string to_string(const Region& region);

}  // namespace weft
