#pragma once
// Layer normalisation (Ba, Kiros & Hinton, 2016) of rows of n elements: bodies for the expressions that
// ops/norm/layer_norm.h makes. x, y, dy, dx and what is added are T, f32 or bf16; the others f32.
// Operands are named by reference, because a copy of a view allocates.
#include "weft/tensor/view.h"

namespace weft::kernels {

struct LayerNormOperands {
  const View& x;      ///< [rows..., n]
  const View& gamma;  ///< [n]
  const View& beta;   ///< [n]
  int64_t rows = 0;
  double epsilon = 0;
};
/// y = (x - mean) * rstd * gamma + beta, with rstd = 1 / sqrt(variance + epsilon). y may alias x; mean and
/// rstd [rows...] may be without data where nobody wants them.
void layer_norm(const LayerNormOperands& in, const View& y, const View& mean, const View& rstd);

struct LayerNormGradient {
  const View& dy;     ///< [rows..., n]
  const View& x;      ///< [rows..., n]
  const View& gamma;  ///< [n]
  const View& mean;   ///< [rows...]
  const View& rstd;   ///< [rows...]
  const View& added;  ///< [rows..., n], or without data: zeros
};
/// The gradient of x, added to what is there. dx may alias dy, x or added.
void layer_norm_backward_input(const LayerNormGradient& in, const View& dx);

/// Gradients of gamma and beta [n]: sums over all rows. dbeta may be without data where nobody wants it.
void layer_norm_backward_params(const View& dy, const View& x, const View& mean, const View& rstd,
                                const View& dgamma, const View& dbeta);

}  // namespace weft::kernels
