#pragma once
// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018): two samples become one.
#include <cstdint>

#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft {

/// What the loss needs of a mixed sample: lambda * loss(label) + (1 - lambda) * loss(partner_label).
struct MixedLabel {
  int32_t label = 0;
  int32_t partner_label = 0;
  double lambda = 1;
};

/// The random numbers of one sample's mix in one epoch.
RandomStream mixup_stream(uint64_t seed, int64_t epoch, int64_t sample);

/// Logarithm of a draw of Gamma(shape, 1), shape > 0. It reads words of `random` from block `first` on. The
/// logarithm, since for small shapes most draws are too small for a double.
double log_gamma_draw(double shape, const RandomStream& random, uint64_t first);

/// The share of the sample itself, drawn from Beta(alpha, alpha). alpha > 0.
double mixup_lambda(double alpha, const RandomStream& random);

/// image = lambda * image + (1 - lambda) * partner, in place; both of one floating type. Parts of images
/// mix as whole ones do, if lambda is the same.
MixedLabel mix(const View& image, int32_t label, const View& partner, int32_t partner_label, double lambda);

}  // namespace weft
