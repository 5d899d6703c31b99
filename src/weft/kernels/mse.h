#pragma once
// Squared error. x and target are of one shape and floating dtype T; scalars are S (f64 for f64, else f32).
#include "weft/tensor/view.h"

namespace weft::kernels {

/// out (scalar S) = scale * sum of (x - target)^2, summed in f64.
void mse(const View& x, const View& target, double scale, const View& out);
/// dx (T, may alias x or target) = dloss * 2 * scale * (x - target); dloss is a scalar S.
void mse_backward(const View& x, const View& target, const View& dloss, double scale, const View& dx);

}  // namespace weft::kernels
