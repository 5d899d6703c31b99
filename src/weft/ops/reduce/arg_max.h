#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// ArgMax along the last axis: i32, the position of the greatest element of each row, the first where several
/// are. A row with NaN has none: 2147483647. Two reductions that MPI combines (max, and min of positions),
/// where the rule "argmax" of reduce() would be gathered: a split axis stays split.
ValueId arg_max(GraphBuilder& build, ValueId x);

}  // namespace weft
