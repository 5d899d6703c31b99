#pragma once
// Pooling over the spatial dimensions (1 to 3) of channels-last x [N, spatial..., C]; y [N, windows..., C].
// Window o covers positions o * stride - pad_low + k; positions outside x are absent (max) or zero (average).
// pad_low may be negative, and rows past the last window are allowed: both happen in a part of a tensor.
#include "weft/tensor/view.h"

namespace weft::kernels {

struct Window {
  Dims kernel;
  Dims stride;
  Dims pad_low;
};

/// A NaN in the window gives NaN; a window without any position gives minus infinity.
void max_pool(const View& x, const Window& window, const View& y);
/// dx of x's shape, written in full. Where values tie, the first in row-major order of the window gets the
/// gradient; NaN is above every number. Where windows overlap, gradients are added in row-major order of the
/// windows and in bf16 each sum is rounded: at most ceil(kernel / stride) of them a dimension.
void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx);
/// Sums over the window divided by its full size.
void average_pool(const View& x, const Window& window, const View& y);
/// The gradients of overlapping windows are added in f32, then rounded once.
void average_pool_backward(const View& dy, const Window& window, const View& dx);

}  // namespace weft::kernels
