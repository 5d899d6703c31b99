#pragma once
// Batch normalization (Ioffe and Szegedy, ICML'15) in pieces that a split batch can combine: x, y and their
// gradients are [rows..., C] of T; per-channel values are S (f64 for f64, else f32). `count` is the number of
// rows that `sums` covers, over all ranks. Sums are taken in blocks of rows, and those are added in f64.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// sums [2, C] = (sum of x, sum of x^2) over the rows.
void bn_sums(const View& x, const View& sums);
/// y (may alias x) = (x - mean) * rstd * gamma + beta, with mean and biased variance from `sums` and
/// rstd = 1 / sqrt(variance + epsilon).
void bn_apply(const View& x, const View& sums, const View& gamma, const View& beta, double count,
              double epsilon, const View& y);
/// out [2, C] = (sum of dy, sum of dy * xhat), xhat = (x - mean) * rstd.
void bn_backward_sums(const View& dy, const View& x, const View& sums, double count, double epsilon,
                      const View& out);
/// dx (may alias dy or x) = gamma * rstd * (dy - (back_sums[0] + xhat * back_sums[1]) / count).
void bn_backward_input(const View& dy, const View& x, const View& sums, const View& back_sums,
                       const View& gamma, double count, double epsilon, const View& dx);
/// dgamma [C] = back_sums[1]; dbeta [C] = back_sums[0].
void bn_backward_params(const View& back_sums, const View& dgamma, const View& dbeta);
/// y (may alias x) = (x - running_mean) / sqrt(running_var + epsilon) * gamma + beta.
void bn_infer(const View& x, const View& running_mean, const View& running_var, const View& gamma,
              const View& beta, double epsilon, const View& y);
/// new = (1 - momentum) * running + momentum * batch, as PyTorch does: the batch variance that enters is
/// unbiased (count - 1); with count 1 it enters as 0. The outputs may alias the running values.
void bn_update_running(const View& sums, double count, double momentum, const View& running_mean,
                       const View& running_var, const View& new_mean, const View& new_var);

}  // namespace weft::kernels
