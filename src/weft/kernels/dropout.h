#pragma once
#include <cmath>
#include <cstdint>

#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// The least 16 random bits that keep an element: the first integer that is at least rate * 65536, so that an
/// element is dropped with a probability of `rate` or up to 2^-16 more.
inline int32_t dropout_threshold(double rate) { return static_cast<int32_t>(std::ceil(rate * 65536)); }

/// Inverted dropout of x, the box `region` of a tensor of `global_shape`: the element of global linear index
/// g is kept iff its random 16 bits (half g % 8 of block g / 8 of the stream) are at least rate * 65536, and
/// is then divided by 1 - rate. Masks are never stored: the same call on dy is the gradient. rate 0 copies.
/// out may alias x.
void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out);

/// The same with the least bits that keep an element, and what it is multiplied with, each given. Of f32 and
/// bf16.
void drop_below(const View& x, const Region& region, const Dims& global_shape, RandomStream stream,
                int32_t threshold, float factor, const View& out);

}  // namespace weft::kernels
