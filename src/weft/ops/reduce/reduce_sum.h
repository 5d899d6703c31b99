#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// factor times the sum of all elements of x: a scalar of the statistics dtype beside x's.
ValueId reduce_sum(GraphBuilder& build, ValueId x, double factor = 1);

}  // namespace weft
