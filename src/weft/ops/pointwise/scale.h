#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// factor * x, elementwise.
ValueId scale(GraphBuilder& build, ValueId x, double factor);

}  // namespace weft
