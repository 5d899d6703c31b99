#pragma once
// Optimizer updates in one pass over memory. All tensors are S (f64 or f32); scalars are views of one
// element. Each output may alias its input. Where grad_scale is not finite the outputs are the inputs: a step
// whose gradients are not finite changes nothing.
#include "weft/tensor/view.h"

namespace weft::kernels {

struct AdamW {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// Adam with decoupled weight decay (Loshchilov & Hutter, 2019), in PyTorch's order of operations. `step`
/// (i64) counts from 1; the gradient is grad * grad_scale.
void adamw(const View& param, const View& grad, const View& m, const View& v, const View& learning_rate,
           const View& step, const View& grad_scale, const View& new_param, const View& new_m,
           const View& new_v, const AdamW& options);

struct Sgd {
  double momentum = 0;
  double weight_decay = 0;
};

/// buffer = momentum * buffer + (grad * grad_scale + weight_decay * param); param -= learning_rate * buffer.
void sgd(const View& param, const View& grad, const View& momentum_buffer, const View& learning_rate,
         const View& grad_scale, const View& new_param, const View& new_momentum, const Sgd& options);

/// out = min(1, max_norm / (sqrt(sum_squares) + 1e-6)); 1 where max_norm <= 0; NaN where sum_squares is not
/// finite.
void clip_factor(const View& sum_squares, double max_norm, const View& out);

}  // namespace weft::kernels
