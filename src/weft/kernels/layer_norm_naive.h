#pragma once
// The definitions of layer_norm.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/layer_norm.h"

namespace weft::kernels::naive {

void layer_norm(const View& x, const View& gamma, const View& beta, const View& y, const View& mean,
                const View& rstd, double epsilon);
void layer_norm_backward_input(const View& dy, const View& x, const View& gamma, const View& mean,
                               const View& rstd, const View& dx);
void layer_norm_backward_params(const View& dy, const View& x, const View& mean, const View& rstd,
                                const View& dgamma, const View& dbeta);

}  // namespace weft::kernels::naive
