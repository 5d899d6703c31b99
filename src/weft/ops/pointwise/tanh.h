#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Hyperbolic tangent, elementwise.
ValueId tanh(GraphBuilder& build, ValueId x);

}  // namespace weft
