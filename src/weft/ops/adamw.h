#pragma once
#include "weft/graph/graph.h"

namespace weft {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// What one update of a parameter reads. param, grad, m and v have one type, f32 or f64; learning_rate and
/// grad_scale are scalars of that dtype, step a scalar i64 that counts from 1.
struct AdamWValues {
  ValueId param, grad, m, v, learning_rate, step, grad_scale;
};

struct AdamWResults {
  ValueId param, m, v;
};

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019) of grad * grad_scale; each result may lie
/// where its operand lay. Where grad_scale is not finite nothing changes.
AdamWResults adamw(GraphBuilder& build, const AdamWValues& values, const AdamWOptions& options);

}  // namespace weft
