#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// What gradients of the squared norm `sum_squares` (a scalar) must be multiplied by to have a norm of at
/// most `max_norm`: min(1, max_norm / (norm + 1e-6)); 1 where max_norm <= 0; NaN where the norm is not
/// finite, which makes optimizers skip the step.
ValueId clip_factor(GraphBuilder& build, ValueId sum_squares, double max_norm);

}  // namespace weft
