#pragma once
// The definitions of the sums of elementwise.h, with no vectors: what its tests compare the fast forms with,
// and what runs f64.
#include "weft/kernels/elementwise.h"

namespace weft::kernels::naive {

void add_n(std::span<const View> in, const View& out);
void column_sum(const View& x, const View& out);
void sum_squares(const View& x, const View& out);
void reduce_sum(const View& x, const View& out, double factor);

}  // namespace weft::kernels::naive
