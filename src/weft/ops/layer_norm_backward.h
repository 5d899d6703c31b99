#pragma once
#include <utility>

#include "weft/graph/graph.h"

namespace weft {

/// What layer_norm read and wrote, and the gradient of its result.
struct LayerNormValues {
  ValueId dy, x, gamma, mean, rstd;
};

/// dx, of x's type.
ValueId layer_norm_backward_input(GraphBuilder& build, const LayerNormValues& values);
/// (dgamma, dbeta) [C] of the statistics dtype.
std::pair<ValueId, ValueId> layer_norm_backward_params(GraphBuilder& build, const LayerNormValues& values);

}  // namespace weft
