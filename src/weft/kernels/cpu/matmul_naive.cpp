#include <algorithm>
#include <type_traits>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/matmul_strategy.h"

namespace weft::kernels {
namespace {

template <class T>
double widened(T value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return static_cast<float>(value);
  } else {
    return static_cast<double>(value);
  }
}

template <class T>
T narrowed(double value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

template <class In, class Out>
void naive(const GemmShape& s, const In* a, const In* b, Out* out) {
  for (int64_t row = 0; row < s.batch * s.m; ++row) {
    const int64_t p = row / s.m, i = row % s.m;
    for (int64_t j = 0; j < s.n; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < s.k; ++l) {
        const int64_t a_at = p * s.m * s.k + (s.transpose_a ? l * s.m + i : i * s.k + l);
        const int64_t b_at = p * s.k * s.n + (s.transpose_b ? j * s.k + l : l * s.n + j);
        sum += widened(a[a_at]) * widened(b[b_at]);
      }
      out[row * s.n + j] = narrowed<Out>(sum);
    }
  }
}

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

void naive_gemm(const GemmShape& shape, const void* a, const void* b, void* out) {
  const auto call = [&]<class In, class Out>(In*, Out*) {
    naive(shape, static_cast<const In*>(a), static_cast<const In*>(b), static_cast<Out*>(out));
  };
  if (shape.in == DType::f64) {
    call(static_cast<double*>(nullptr), static_cast<double*>(nullptr));
  } else if (shape.in == DType::f32) {
    call(static_cast<float*>(nullptr), static_cast<float*>(nullptr));
  } else if (shape.out == DType::f32) {
    call(static_cast<BFloat16*>(nullptr), static_cast<float*>(nullptr));
  } else {
    WEFT_CHECK(shape.in == DType::bf16, "a matrix product of {}", name_of(shape.in));
    call(static_cast<BFloat16*>(nullptr), static_cast<BFloat16*>(nullptr));
  }
}

}  // namespace weft::kernels
