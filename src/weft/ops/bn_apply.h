#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over x [..., C], with mean and (biased) variance from
/// `sums` [2, C], which bn_sums made of x, over `count` elements a channel (of the global tensor). gamma and
/// beta [C]. The gradient of x includes its path through the sums.
ValueId bn_apply(GraphBuilder& build, ValueId x, ValueId sums, ValueId gamma, ValueId beta, int64_t count,
                 double epsilon);

}  // namespace weft
