#pragma once
#include "weft/graph/graph.h"

namespace weft {

struct SgdOptions {
  double momentum = 0;
  double weight_decay = 0;
};

/// What one update of a parameter reads. param, grad and momentum have one type, f32 or f64; learning_rate
/// and grad_scale are scalars of that dtype.
struct SgdValues {
  ValueId param, grad, momentum, learning_rate, grad_scale;
};

struct SgdResults {
  ValueId param, momentum;
};

/// momentum' = options.momentum * momentum + grad * grad_scale + weight_decay * param; param' = param -
/// learning_rate * momentum'. Each result may lie where its operand lay. Where grad_scale is not finite
/// nothing changes.
SgdResults sgd(GraphBuilder& build, const SgdValues& values, const SgdOptions& options);

}  // namespace weft
