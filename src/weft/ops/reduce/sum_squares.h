#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// The sum of the squares of all elements of x: a scalar of the statistics dtype beside x's.
ValueId sum_squares(GraphBuilder& build, ValueId x);

}  // namespace weft
