#pragma once
// The definitions of cross_entropy.h, with no vectors: what its tests compare the fast forms with, and what
// runs f64.
#include "weft/kernels/cross_entropy.h"

namespace weft::kernels::naive {

void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums);

}  // namespace weft::kernels::naive
