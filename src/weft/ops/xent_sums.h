#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// For each row of logits [rows..., V]: the sum of exp(logit - max) and the logit of the target (0 for a
/// target that is negative or outside V): [rows..., 2] of the statistics dtype. max [rows...] of that dtype,
/// targets i32 [rows...]. Parts of V give partial sums. The gradient takes max for a constant.
ValueId xent_sums(GraphBuilder& build, ValueId logits, ValueId max, ValueId targets);

}  // namespace weft
