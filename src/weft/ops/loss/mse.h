#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// `scale` times the sum of (x - target)^2: a scalar of the statistics dtype beside x's. target has x's type.
/// Where it is NaN, nothing is added: rows without a sample, and values that are missing.
ValueId mse(GraphBuilder& build, ValueId x, ValueId target, double scale);

}  // namespace weft
