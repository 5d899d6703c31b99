#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// For each channel of x [..., C]: the sum and the sum of squares, [2, C] of the statistics dtype. The
/// gradient through them is part of bn_apply's, so that this op has none of its own.
ValueId bn_sums(GraphBuilder& build, ValueId x);

/// Index map pieces of [2, C] operands beside x [..., C]: the axes of x and one more, "two".
std::vector<Axis> channel_axes(const Dims& x);
OperandMap channel_sums_map(const Dims& x);

}  // namespace weft
