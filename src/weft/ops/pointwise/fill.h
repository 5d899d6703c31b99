#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// A tensor of `type` whose every element is `value`.
ValueId fill(GraphBuilder& build, const TensorType& type, double value);

}  // namespace weft
