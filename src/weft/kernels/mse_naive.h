#pragma once
// The definitions of mse.h, with no vectors: what its tests compare the fast forms with, and what runs f64.
#include "weft/kernels/mse.h"

namespace weft::kernels::naive {

void mse(const View& x, const View& target, double scale, const View& out);
void mse_backward(const View& x, const View& target, const View& dloss, double scale, const View& dx);

}  // namespace weft::kernels::naive
