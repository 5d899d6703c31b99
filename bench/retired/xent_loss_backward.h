#pragma once
// src/weft/kernels/xent_loss_backward.h of commit 81cde10.
#include "weft/tensor/view.h"

namespace weft::retired {

/// dsums[r] = (scale * dloss / sums[r][0], -scale * dloss), zeros for rows whose target is negative. dloss a
/// scalar, sums and dsums [rows..., 2] of its dtype (f64 or f32); targets i32 [rows...]. dsums may be sums
/// itself.
void xent_loss_backward(const View& dloss, const View& sums, const View& targets, double scale,
                        const View& dsums);

}  // namespace weft::retired
