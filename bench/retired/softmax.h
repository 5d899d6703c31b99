#pragma once
// src/weft/kernels/softmax.h of commit 81cde10.
#include "weft/tensor/view.h"

namespace weft::retired {

/// Softmax over the last dimension of x [rows..., n]. y may alias x.
void softmax(const View& x, const View& y);
/// dx = y * (dy - sum(y * dy)) a row. dx may alias dy.
void softmax_backward(const View& dy, const View& y, const View& dx);

}  // namespace weft::retired
