#include <algorithm>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/matmul_strategy.h"

namespace weft::kernels {
namespace {

/// One row of out; the inner loops run along memory.
void f64_row(const GemmShape& s, int64_t row, const double* a, const double* b, double* out) {
  const int64_t p = row / s.m, i = row % s.m;
  const double* left = a + p * s.m * s.k + (s.transpose_a ? i : i * s.k);
  const double* right = b + p * s.k * s.n;
  const int64_t step = s.transpose_a ? s.m : 1;
  std::fill_n(out, s.n, 0.0);
  if (s.transpose_b) {
    for (int64_t j = 0; j < s.n; ++j) {
      for (int64_t l = 0; l < s.k; ++l) out[j] += left[l * step] * right[j * s.k + l];
    }
  } else {
    for (int64_t l = 0; l < s.k; ++l) {
      const double factor = left[l * step];
      for (int64_t j = 0; j < s.n; ++j) out[j] += factor * right[l * s.n + j];
    }
  }
}

}  // namespace

void f64_gemm(const GemmShape& shape, const double* a, const double* b, double* out) {
  parallel_for(shape.batch * shape.m, 1, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) f64_row(shape, row, a, b, out + row * shape.n);
  });
}

}  // namespace weft::kernels
