#pragma once
// The definition of mix_pairs.h, with no vectors: what its test compares the fast form with, and what runs
// f64.
#include "weft/kernels/mix_pairs.h"

namespace weft::kernels::naive {

void mix_pairs(const View& x, const View& share, const View& out);

}  // namespace weft::kernels::naive
