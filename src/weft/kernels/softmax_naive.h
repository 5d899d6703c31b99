#pragma once
// The definitions of softmax.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/softmax.h"

namespace weft::kernels::naive {

void softmax(const View& x, const View& y);
void softmax_backward(const View& dy, const View& y, const View& dx);

}  // namespace weft::kernels::naive
