#include "weft/kernels/cpu/matmul_few_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/matmul_few_rows.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Vectors of a row of b at a time, each with sums of its own, so that no addition waits for another.
constexpr int kVectors = 4;

/// Adds the products of `count` terms, of rows of a and one of b, to the sums of vector `v`.
template <int kRows, class T>
HWY_INLINE void add_terms(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, int64_t k, int64_t count, int v,
                          Floats (&sums)[kRows][kVectors]) {
  const Floats right = load_floats(b, count);
  for (int r = 0; r < kRows; ++r) {
    sums[r][v] = hn::MulAdd(load_floats(a + r * k, count), right, sums[r][v]);
  }
}

/// One column of out: rows of a with one of b. Rows of b come one after the other, because memory is read
/// fastest as one stream.
template <int kRows, class T, class O>
HWY_INLINE void column(const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, int64_t k, O* HWY_RESTRICT out,
                       int64_t ldo) {
  Floats sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sums[r][v] = constant(0);
  }
  const int64_t lanes = lane_count();
  int64_t i = 0;
  for (; i + kVectors * lanes <= k; i += kVectors * lanes) {
    for (int v = 0; v < kVectors; ++v) {
      fetch_ahead(b + i + v * lanes);
      add_terms(a + i + v * lanes, b + i + v * lanes, k, lanes, v, sums);
    }
  }
  for (; i < k; i += lanes) add_terms(a + i, b + i, k, std::min(lanes, k - i), 0, sums);
  for (int r = 0; r < kRows; ++r) {
    Floats sum = sums[r][0];
    for (int v = 1; v < kVectors; ++v) sum = hn::Add(sum, sums[r][v]);
    out[r * ldo] = O(sum_of_lanes(sum));
  }
}

/// Columns [begin, end) of out.
template <int kRows, class T, class O>
HWY_FLATTEN void columns_of(const GemmShape& s, const T* a, const T* b, O* out, int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; ++c) column<kRows>(a, b + c * s.k, s.k, out + c, s.n);
}

void some_columns(const GemmShape& s, const void* a, const void* b, void* out, int64_t begin, int64_t end) {
  with_lane_type(s.in, [&](auto t) {
    using T = decltype(t);
    with_lane_type(s.out, [&](auto o) {
      using O = decltype(o);
      const auto* left = static_cast<const T*>(a);
      const auto* right = static_cast<const T*>(b);
      if (s.m == 1) {
        columns_of<1>(s, left, right, static_cast<O*>(out), begin, end);
      } else {
        columns_of<kMostFewRows>(s, left, right, static_cast<O*>(out), begin, end);
      }
    });
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(some_columns);

/// Elements of b below which another thread costs more than it saves.
constexpr int64_t kLeastElems = 32768;

}  // namespace

bool has_few_rows(const GemmShape& s) {
  // A single row lies in memory as its transpose does.
  const bool rows_follow = !s.transpose_a || s.m == 1;
  return s.batch == 1 && s.m >= 1 && s.m <= kMostFewRows && s.transpose_b && rows_follow &&
         s.in != DType::f64;
}

void few_rows_product(const GemmShape& s, const void* a, const void* b, void* out) {
  WEFT_CHECK(has_few_rows(s), "a product of {}x [{}, {}, {}] as one of few rows", s.batch, s.m, s.n, s.k);
  parallel_for(s.n, 1 + kLeastElems / std::max<int64_t>(1, s.k), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(some_columns)(s, a, b, out, begin, end);
  });
}

}  // namespace weft::kernels
#endif
