#pragma once
// The definitions of dropout.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/dropout.h"

namespace weft::kernels::naive {

void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out);

}  // namespace weft::kernels::naive
