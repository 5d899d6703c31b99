#pragma once
// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018): two samples become one.
#include <cstdint>

#include "weft/base/philox.h"

namespace weft {

/// The random numbers of one sample's mix in one epoch.
RandomStream mixup_stream(uint64_t seed, int64_t epoch, int64_t sample);

/// Logarithm of a draw of Gamma(shape, 1), shape > 0. It reads words of `random` from block `first` on. The
/// logarithm, since for small shapes most draws are too small for a double.
double log_gamma_draw(double shape, const RandomStream& random, uint64_t first);

/// The share of the sample itself, drawn from Beta(alpha, alpha). alpha > 0.
double mixup_lambda(double alpha, const RandomStream& random);

}  // namespace weft
