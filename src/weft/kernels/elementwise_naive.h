#pragma once
// The definitions of elementwise.h, with no vectors: what its tests compare the fast forms with, and what
// runs f64.
#include "weft/kernels/elementwise.h"

namespace weft::kernels::naive {

void add(const View& a, const View& b, const View& out);
void multiply(const View& a, const View& b, const View& out);
void add_n(std::span<const View> in, const View& out);
void scale(const View& x, double factor, const View& out);
void cast(const View& x, const View& out);
void relu(const View& x, const View& out);
void relu_backward(const View& dy, const View& y, const View& dx);
void tanh(const View& x, const View& out);
void tanh_backward(const View& dy, const View& y, const View& dx);
void gelu(const View& x, const View& out, bool tanh_form);
void gelu_backward(const View& dy, const View& x, const View& dx, bool tanh_form);
void column_sum(const View& x, const View& out);
void sum_squares(const View& x, const View& out);
void reduce_sum(const View& x, const View& out, double factor);

}  // namespace weft::kernels::naive
