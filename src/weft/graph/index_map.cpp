#include "weft/graph/index_map.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0); }
int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

}  // namespace

bool IndexMap::reduces(int axis, size_t output) const {
  for (const IndexDim& dim : outputs[output]) {
    for (const Term& term : dim.terms) {
      if (term.axis == axis) return false;
    }
  }
  return true;
}

double IndexMap::points() const {
  double points = 1;
  for (const Axis& axis : axes) points *= static_cast<double>(axis.size);
  return points;
}

IndexDim along(int axis) { return {{{axis, 1}}, 0}; }

OperandMap along_axes(int first, int count) {
  OperandMap dims;
  for (int i = 0; i < count; ++i) dims.push_back(along(first + i));
  return dims;
}

Region touched_region(const OperandMap& operand, const std::vector<Range>& axis_ranges, const Dims& shape) {
  WEFT_CHECK(operand.size() == shape.size(), "index map of {} dimensions for the shape {}", operand.size(),
             to_string(shape));
  Region region;
  for (size_t d = 0; d < operand.size(); ++d) {
    int64_t low = operand[d].offset;
    int64_t high = operand[d].offset + 1;
    bool empty = false;
    for (const Term& term : operand[d].terms) {
      const Range range = axis_ranges[static_cast<size_t>(term.axis)];
      empty = empty || range.size() == 0;
      low += term.stride * range.begin;
      high += term.stride * (range.end - 1);
    }
    low = std::clamp<int64_t>(low, 0, shape[d]);
    high = empty ? low : std::clamp<int64_t>(high, low, shape[d]);
    region.ranges.push_back({low, high});
  }
  return region;
}

Range major_axis_range(const IndexMap& map, const IndexDim& dim, Range wanted) {
  const Term major = dim.terms.front();
  const int64_t size = map.axes[static_cast<size_t>(major.axis)].size;
  int64_t reach = 0;
  for (size_t t = 1; t < dim.terms.size(); ++t) {
    reach += dim.terms[t].stride * (map.axes[static_cast<size_t>(dim.terms[t].axis)].size - 1);
  }
  if (wanted.size() == 0) return {0, 0};
  const int64_t begin = ceil_div(wanted.begin - dim.offset - reach, major.stride);
  const int64_t end = floor_div(wanted.end - 1 - dim.offset, major.stride) + 1;
  const int64_t low = std::clamp<int64_t>(begin, 0, size);
  return {low, std::clamp<int64_t>(end, low, size)};
}

}  // namespace weft
