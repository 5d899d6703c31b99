#pragma once
#include <vector>

#include "weft/tensor/view.h"

namespace weft::kernels {

/// Dimension i of out is dimension order[i] of x; any dtype. They must not overlap.
void transpose(const View& x, const std::vector<int>& order, const View& out);

}  // namespace weft::kernels
