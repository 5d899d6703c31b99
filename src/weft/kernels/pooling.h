#pragma once
// Pooling in one to three spatial dimensions, channels last: x [N, spatial..., C], y [N, out..., C] of one
// floating dtype.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// One size a spatial dimension. Window o covers the positions o * stride - pad_low + [0, kernel) of x.
/// pad_low may be negative and positions of x may lie past the last window: a part of a tensor has both.
struct Window {
  Dims kernel;
  Dims stride;
  Dims pad_low;
};

/// y = greatest value in the window; positions outside x do not take part (none inside: minus infinity). A
/// NaN is not kept. y must not overlap x.
void max_pool(const View& x, const Window& window, const View& y);
/// dx [shape of x], written in full: dy goes to the first greatest position of its window in row-major order,
/// summed where windows overlap. dx must not overlap dy or x.
void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx);
/// y = sum of the window (positions outside x count as 0) / number of positions of the full window.
void average_pool(const View& x, const Window& window, const View& y);
/// dx, written in full: dy / number of positions, summed over the windows that cover the position.
void average_pool_backward(const View& dy, const Window& window, const View& dx);

}  // namespace weft::kernels
