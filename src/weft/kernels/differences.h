#pragma once
// Squared errors: bodies for the expressions that ops/loss/mse.h makes. x and target are of one type, f32 or
// bf16. Where target is NaN, the difference x - target is 0.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// out, one f32, = factor * the sum of (x - target)^2.
void sum_squared_differences(const View& x, const View& target, double factor, const View& out);
/// out = factor * by * (x - target), of the type of x; `by` is one f32. out may alias x or target.
void scale_differences(const View& x, const View& target, const View& by, double factor, const View& out);

}  // namespace weft::kernels
