#pragma once
// The definition of pointwise.h: one point after the other, in f64 whatever the operands are.
#include "weft/kernels/pointwise.h"

namespace weft::kernels::naive {

/// It reads every dtype and rounds each result once.
Kernel pointwise_kernel(PointwiseSpec spec);

}  // namespace weft::kernels::naive
