#pragma once
// Where points lie along the axes that a result is reduced along.
#include <span>

#include "weft/expression/expression.h"
#include "weft/tensor/region.h"

namespace weft {

/// The row-major position of a point along `axes` of a space of these sizes, as an integer.
Scalar position_along(ExpressionBuilder& build, const Dims& space, std::span<const int> axes);
/// How many there are.
int64_t points_along(const Dims& space, std::span<const int> axes);

}  // namespace weft
