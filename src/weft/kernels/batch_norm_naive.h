#pragma once
// The definitions of batch_norm.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/batch_norm.h"

namespace weft::kernels::naive {

void bn_sums(const View& x, const View& sums);
void bn_apply(const View& x, const View& sums, double count, const View& gamma, const View& beta,
              double epsilon, const View& y);
void bn_backward_sums(const View& dy, const View& x, const View& sums, double count, double epsilon,
                      const View& out);
void bn_backward_input(const View& dy, const View& x, const View& sums, const View& back_sums,
                       const View& gamma, double count, double epsilon, const View& dx);
void bn_infer(const View& x, const View& running_mean, const View& running_var, const View& gamma,
              const View& beta, double epsilon, const View& y);

}  // namespace weft::kernels::naive
