#pragma once
// Where points lie along the axes that a result is reduced along.
#include <span>
#include <vector>

#include "weft/expression/expression.h"
#include "weft/tensor/region.h"

namespace weft {

bool has_axis(std::span<const int> axes, int axis);
/// Sizes of a space along these axes, in their order.
Dims sizes_along(const Dims& space, std::span<const int> axes);
/// The axes of a space of `count` that are not among `kept`, ascending.
std::vector<int> axes_without(size_t count, std::span<const int> kept);
/// The row-major position of a point along `axes` of a space of these sizes, as an integer.
Scalar position_along(ExpressionBuilder& build, const Dims& space, std::span<const int> axes);
/// How many there are.
int64_t points_along(const Dims& space, std::span<const int> axes);

}  // namespace weft
