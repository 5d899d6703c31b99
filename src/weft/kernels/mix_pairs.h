#pragma once
#include "weft/tensor/view.h"

namespace weft::kernels {

/// Of x [P, 2, ...]: out[p, i] = share * x[p, i] + (1 - share) * x[p, 1 - i]. share is a scalar of the
/// statistics dtype beside x's; out has x's type and may alias it.
void mix_pairs(const View& x, const View& share, const View& out);

}  // namespace weft::kernels
