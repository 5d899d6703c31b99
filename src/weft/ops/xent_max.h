#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// The maximum of each row of logits [rows..., V]: [rows...] of the statistics dtype. Parts of V combine by
/// maximum. Has no gradient (see cross_entropy).
ValueId xent_max(GraphBuilder& build, ValueId logits);

}  // namespace weft
