#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// exp(x) over its sum, over the last dimension of x [..., C]: the pair of the online softmax, and a map that
/// reads it, so that a split dimension combines two numbers a row.
ValueId softmax(GraphBuilder& build, ValueId x);

}  // namespace weft
