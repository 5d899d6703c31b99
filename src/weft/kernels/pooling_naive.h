#pragma once
// The definitions of pooling.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/pooling.h"

namespace weft::kernels::naive {

void max_pool(const View& x, const Window& window, const View& y);
void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx);
void average_pool(const View& x, const Window& window, const View& y);
void average_pool_backward(const View& dy, const Window& window, const View& dx);

}  // namespace weft::kernels::naive
