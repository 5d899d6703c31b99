#include "weft/ops/pointwise/pointwise_positions.h"

#include <algorithm>
#include <optional>

namespace weft {

bool has_axis(std::span<const int> axes, int axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

Dims sizes_along(const Dims& space, std::span<const int> axes) {
  Dims sizes;
  for (const int axis : axes) sizes.push_back(space[static_cast<size_t>(axis)]);
  return sizes;
}

std::vector<int> axes_without(size_t count, std::span<const int> kept) {
  std::vector<int> axes;
  for (int axis = 0; axis < static_cast<int>(count); ++axis) {
    if (!has_axis(kept, axis)) axes.push_back(axis);
  }
  return axes;
}

Scalar position_along(ExpressionBuilder& build, const Dims& space, std::span<const int> axes) {
  std::optional<Scalar> position;
  for (const int axis : axes) {
    const Scalar here = build.index(axis);
    const auto size = static_cast<double>(space[static_cast<size_t>(axis)]);
    position = position ? *position * build.integer(size) + here : here;
  }
  return position.value_or(build.integer(0));
}

int64_t points_along(const Dims& space, std::span<const int> axes) {
  return elems_of(sizes_along(space, axes));
}

}  // namespace weft
