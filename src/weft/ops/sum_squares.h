#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// The sum of the squares of all elements of x: a scalar of the statistics dtype beside x's. Has no gradient:
/// it measures gradients.
ValueId sum_squares(GraphBuilder& build, ValueId x);

}  // namespace weft
