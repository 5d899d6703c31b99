#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// exp(x) over its sum, over the last dimension of x [..., C].
ValueId softmax(GraphBuilder& build, ValueId x);

}  // namespace weft
