#pragma once
// src/weft/kernels/mean_spatial.h of commit 81cde10.
#include "weft/tensor/view.h"

namespace weft::retired {

/// y [N, C] = sum over the positions of x [N, spatial..., C], divided by `count`; summed in f32 (f64 for
/// f64).
void mean_spatial(const View& x, int64_t count, const View& y);
/// dx [N, spatial..., C] = dy [N, C] / count at every position.
void mean_spatial_backward(const View& dy, int64_t count, const View& dx);

}  // namespace weft::retired
