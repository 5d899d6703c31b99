#pragma once
// Softmax over the last dimension of x [rows..., n], f32 or bf16: bodies for the expressions that
// ops/norm/softmax.h makes.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// y = exp(x - max) / sum, where max and sum [rows...], f32, are the greatest of each row and the sum of
/// exp(x - max). y may alias x; max and sum may be without data.
void softmax(const View& x, const View& max, const View& sum, const View& y);
/// dx = y * (dy - sum(y * dy)) a row. dx may alias dy or y.
void softmax_backward(const View& dy, const View& y, const View& dx);

}  // namespace weft::kernels
