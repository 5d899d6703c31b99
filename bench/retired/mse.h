#pragma once
// src/weft/kernels/mse.h of commit 81cde10.
#include "weft/tensor/view.h"

namespace weft::retired {

/// out (scalar S) = scale * sum of (x - target)². Elements whose target is NaN count for nothing, here and
/// below.
void mse(const View& x, const View& target, double scale, const View& out);
/// dx = 2 * scale * dloss * (x - target). dx may alias x.
void mse_backward(const View& x, const View& target, const View& dloss, double scale, const View& dx);

}  // namespace weft::retired
