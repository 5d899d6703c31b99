#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Sums x [..., K...] over its leading dimensions: the last `kept` dimensions remain. The result is of the
/// statistics dtype beside x's.
ValueId column_sum(GraphBuilder& build, ValueId x, int kept);

}  // namespace weft
