#pragma once
// The definition of the sum of tensors in elementwise.h, with no vectors: what runs f64.
#include "weft/kernels/elementwise.h"

namespace weft::kernels::naive {

void add_n(std::span<const View> in, const View& out);

}  // namespace weft::kernels::naive
