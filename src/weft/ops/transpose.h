#pragma once
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// Dimension i of the result is dimension order[i] of x.
ValueId transpose(GraphBuilder& build, ValueId x, const std::vector<int>& order);

}  // namespace weft
