#pragma once
// Dropout whose mask is a function of the global element, so that it depends on no number of ranks or threads
// and is recomputed for the gradient instead of stored.
#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// out = x / (1 - rate) where the element is kept, else 0. x and out (one floating dtype; may alias) are the
/// box `region` of a tensor of shape `global_shape`. The element of row-major index g in that tensor is kept
/// iff its 16-bit word of the stream is at least rate * 2^16: the low (g even) or high (g odd) half of word
/// g % 8 / 2 of block g / 8. A rate of 0 copies; rates lie in [0, 1). The gradient is the same call on dy.
void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out);

}  // namespace weft::kernels
