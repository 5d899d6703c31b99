#pragma once
// The definitions of optimizer.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/optimizer.h"

namespace weft::kernels::naive {

/// The element of a scalar in f64 or f32: a rate, or a factor.
inline double scalar(const View& view) {
  return view.type.dtype == DType::f64 ? *view.as<double>() : static_cast<double>(*view.as<float>());
}

void adamw(const View& param, const View& grad, const View& m, const View& v, const View& learning_rate,
           const View& step, const View& grad_scale, const View& new_param, const View& new_m,
           const View& new_v, const AdamW& options);
void sgd(const View& param, const View& grad, const View& momentum_buffer, const View& learning_rate,
         const View& grad_scale, const View& new_param, const View& new_momentum, const Sgd& options);

}  // namespace weft::kernels::naive
