#pragma once
#include <utility>

#include "weft/graph/graph.h"

namespace weft {

/// New running (mean, variance) [C] from the old ones and `sums` [2, C] over `count` elements a channel:
/// old + momentum * (batch - old), with the unbiased variance where count > 1. Has no gradient.
std::pair<ValueId, ValueId> bn_update_running(GraphBuilder& build, ValueId mean, ValueId variance,
                                              ValueId sums, int64_t count, double momentum);

}  // namespace weft
