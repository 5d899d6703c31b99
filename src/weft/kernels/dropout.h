#pragma once
#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// Inverted dropout of x, the box `region` of a tensor of `global_shape`: the element of global linear index
/// g is kept iff its random 16 bits (half g % 8 of block g / 8 of the stream) are at least rate * 65536, and
/// is then divided by 1 - rate. Masks are never stored: the same call on dy is the gradient. rate 0 copies.
/// out may alias x.
void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out);

}  // namespace weft::kernels
