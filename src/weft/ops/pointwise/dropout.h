#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// x with each element zero with probability `rate`, the others times 1 / (1 - rate). Which ones is a pure
/// function of (seed, stream, step, index of the element in the global tensor): nothing is stored, and no
/// result depends on the number of ranks. `step` is a scalar i64. Give every dropout of a model its own
/// `stream`.
ValueId dropout(GraphBuilder& build, ValueId x, ValueId step, double rate, uint64_t seed, uint64_t stream);

}  // namespace weft
