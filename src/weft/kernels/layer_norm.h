#pragma once
// Layer normalisation (Ba, Kiros & Hinton, 2016) over the last dimension. x, y, dy, dx [rows..., n] T; gamma,
// beta, dgamma, dbeta [n] S; mean, rstd [rows...] S, where S is f64 beside f64, else f32.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// y = (x - mean) * rstd * gamma + beta; keeps mean and rstd = 1 / sqrt(variance + epsilon) for the backward
/// pass.
void layer_norm(const View& x, const View& gamma, const View& beta, const View& y, const View& mean,
                const View& rstd, double epsilon);
/// Gradient of x. dx may alias dy.
void layer_norm_backward_input(const View& dy, const View& x, const View& gamma, const View& mean,
                               const View& rstd, const View& dx);
/// Gradients of gamma and beta: sums over all rows.
void layer_norm_backward_params(const View& dy, const View& x, const View& mean, const View& rstd,
                                const View& dgamma, const View& dbeta);

}  // namespace weft::kernels
