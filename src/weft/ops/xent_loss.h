#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// `scale` times the sum over rows of max + log(sums[0]) - sums[1]: a scalar of the dtype of max. max
/// [rows...], sums [rows..., 2] (see xent_sums), targets i32 [rows...]: a row whose target is negative adds
/// nothing. The gradient takes max for a constant.
ValueId xent_loss(GraphBuilder& build, ValueId max, ValueId sums, ValueId targets, double scale);

}  // namespace weft
