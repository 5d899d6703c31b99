#pragma once
#include <cmath>
#include <cstdint>

#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// The least 16 random bits that keep an element, the first integer that is at least rate * 65536 (so that
/// one is dropped with a probability of `rate` or up to 2^-16 more), and what makes up for those that are
/// dropped.
struct DropoutRule {
  int32_t threshold = 0;
  float factor = 1;

  static DropoutRule of_rate(double rate) {
    return {static_cast<int32_t>(std::ceil(rate * 65536)), static_cast<float>(1 / (1 - rate))};
  }
};

/// Inverted dropout of x (f32 or bf16; pointwise serves f64), the box `region` of a tensor of `global_shape`:
/// the element of global linear index g is kept iff its random 16 bits (half g % 8 of block g / 8 of the
/// stream) are at least the rule's threshold, and is then multiplied with its factor. Masks are never stored:
/// the same call on dy is the gradient. out may alias x.
void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream,
             DropoutRule rule, const View& out);

}  // namespace weft::kernels
