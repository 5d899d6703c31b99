#pragma once
// What the vector forms of the optimizers read: operands as pointers, and factors that one step fixes.
// Internal.

namespace weft::kernels {

struct AdamWOperands {
  const float *param, *grad, *m, *v;
  float *new_param, *new_m, *new_v;
};

struct AdamWFactors {
  float grad_scale;
  float beta1, beta2;
  float rest1, rest2;  ///< 1 - beta
  float decay;         ///< of the parameter, before the step
  float size;          ///< learning rate with the bias correction of m
  float root;          ///< bias correction of sqrt(v)
  float epsilon;
};

struct SgdOperands {
  const float *param, *grad, *buffer;
  float *new_param, *new_buffer;
};

struct SgdFactors {
  float grad_scale, momentum, weight_decay, rate;
};

}  // namespace weft::kernels
