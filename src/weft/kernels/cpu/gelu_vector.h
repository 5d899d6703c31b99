#pragma once
// GELU by vectors, for f32 and bf16; elementwise.cpp serves f64. Internal.
#include "weft/tensor/view.h"

namespace weft::kernels {

void gelu_vector(const View& x, const View& out, bool tanh_form);
void gelu_backward_vector(const View& dy, const View& x, const View& dx, bool tanh_form);

}  // namespace weft::kernels
