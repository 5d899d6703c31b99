#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// max(x, 0), elementwise. The gradient at 0 is 0.
ValueId relu(GraphBuilder& build, ValueId x);

}  // namespace weft
