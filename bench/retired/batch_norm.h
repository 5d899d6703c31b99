#pragma once
// src/weft/kernels/batch_norm.h of commit 81cde10.
// Batch normalisation (Ioffe & Szegedy, 2015) over channels-last x [rows..., C] T, in pieces around the two
// sums that ranks must add up. sums, back_sums [2, C]; gamma, beta and all statistics [C]: S (f64 beside f64,
// else f32). `count` is the number of rows behind the sums, over all ranks. Variances are formed in double.
#include "weft/tensor/view.h"

namespace weft::retired {

/// sums = (sum of x, sum of x²) by channel.
void bn_sums(const View& x, const View& sums);
/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. y may alias x.
void bn_apply(const View& x, const View& sums, double count, const View& gamma, const View& beta,
              double epsilon, const View& y);
/// out = (sum of dy, sum of dy * normalised x) by channel.
void bn_backward_sums(const View& dy, const View& x, const View& sums, double count, double epsilon,
                      const View& out);
/// Gradient of x, through the statistics too. dx may alias dy.
void bn_backward_input(const View& dy, const View& x, const View& sums, const View& back_sums,
                       const View& gamma, double count, double epsilon, const View& dx);
/// dbeta, dgamma = the two rows of back_sums.
void bn_backward_params(const View& back_sums, const View& dgamma, const View& dbeta);
/// bn_apply with given statistics.
void bn_infer(const View& x, const View& running_mean, const View& running_var, const View& gamma,
              const View& beta, double epsilon, const View& y);
/// new = (1 - momentum) * running + momentum * batch's, the variance unbiased. May alias.
void bn_update_running(const View& sums, double count, double momentum, const View& running_mean,
                       const View& running_var, const View& new_mean, const View& new_var);

}  // namespace weft::retired
