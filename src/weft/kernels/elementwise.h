#pragma once
// Bodies of elementwise functions, which pointwise runs where an expression has their form, and sums. Views
// are contiguous; outputs may alias an input of the same type; statistics (S) are f64 beside f64, else f32.
// All are for f32 and bf16 (pointwise serves f64), add_n for f64 too. Empty views do nothing; the sum of
// nothing is 0.
#include <span>

#include "weft/tensor/view.h"

namespace weft::kernels {

/// out = a + b. b has a's elements, or its count divides a's and it is repeated over the leading dimensions
/// (a bias; it may be of dtype S).
void add(const View& a, const View& b, const View& out);
/// out = a * b, with add's rule for b.
void multiply(const View& a, const View& b, const View& out);
/// out = sum of all `in`, which have one type.
void add_n(std::span<const View> in, const View& out);
/// out = factor * x.
void scale(const View& x, double factor, const View& out);
/// Every element of out becomes `value`.
void fill(const View& out, double value);
/// out = x in out's dtype. May not alias.
void cast(const View& x, const View& out);
/// out = max(x, 0).
void relu(const View& x, const View& out);
/// dx = dy where the result y is above 0, else 0.
void relu_backward(const View& dy, const View& y, const View& dx);
/// out = tanh(x).
void tanh(const View& x, const View& out);
/// dx = dy * (1 - y^2), y being the result.
void tanh_backward(const View& dy, const View& y, const View& dx);
/// Gaussian error linear unit, by tanh or by erf (Hendrycks & Gimpel, 2016).
void gelu(const View& x, const View& out, bool tanh_form);
/// dx = dy * gelu'(x).
void gelu_backward(const View& dy, const View& x, const View& dx, bool tanh_form);
/// out[j] = sum over rows of x seen as [rows, elems of out]; out is f32.
void column_sum(const View& x, const View& out);
/// Sum of squares into a scalar S, in double inside.
void sum_squares(const View& x, const View& out);
/// factor * sum of x into a scalar S, in double inside.
void reduce_sum(const View& x, const View& out, double factor);

}  // namespace weft::kernels
