#pragma once
// Sums along the middle of three axes, such as the means of images' channels, what is repeated along it, and
// what lies at one place of it. x [outer, middle, inner]; f32 or bf16.
#include "weft/tensor/view.h"

namespace weft::kernels {

struct MiddleAxes {
  int64_t outer, middle, inner;
};

/// out [outer, inner], f32 or bf16, = factor * the sums of x along the middle axis.
void sum_middle(const View& x, const MiddleAxes& axes, double factor, const View& out);
/// out [outer, middle, inner] = factor * x [outer, inner], of one type.
void repeat_middle(const View& x, const MiddleAxes& axes, double factor, const View& out);
/// out [outer, inner] = x at `at` along the middle axis, of one type; zeros where `at` is outside of it.
void take_middle(const View& x, const MiddleAxes& axes, int64_t at, const View& out);

}  // namespace weft::kernels
