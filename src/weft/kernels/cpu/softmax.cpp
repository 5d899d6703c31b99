#include "weft/kernels/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/softmax.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// What a row's exponentials are taken beside.
struct Pair {
  float max;
  float sum;
};

/// A row with infinities or NaN, as the rule max_exp_sum takes them.
template <class T>
Pair slow_pair(const T* x, int64_t n) {
  Pair pair{kLowest, 0};
  for (int64_t j = 0; j < n; ++j) {
    const auto v = static_cast<float>(x[j]);
    if (std::isnan(v)) return {v, v};
    pair.max = std::max(pair.max, v);
  }
  for (int64_t j = 0; j < n; ++j) {
    const auto v = static_cast<float>(x[j]);
    if (v != kLowest) pair.sum += v == pair.max ? 1.0F : std::exp(v - pair.max);
  }
  return pair;
}

template <class T>
Pair slow_row(const T* x, int64_t n, T* y) {
  const Pair pair = slow_pair(x, n);
  for (int64_t j = 0; j < n; ++j) y[j] = T(std::exp(static_cast<float>(x[j]) - pair.max) / pair.sum);
  return pair;
}

/// Where kKeeps, the exponentials are kept in `kept`, which may be y; else they are taken again.
template <bool kKeeps, class T>
HWY_INLINE Pair softmax_row(const T* x, int64_t n, T* y, float* kept) {
  // y may be x, and is written before the sum is known.
  constexpr bool kOverwrites = kKeeps && std::is_same_v<T, float>;
  Floats greatest = hn::Set(Lanes(), kLowest);
  Floats plain = constant(0);  // NaN or infinite where an element is
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats v = load_floats(x + j, count, kLowest);
    greatest = hn::Max(greatest, v);
    if constexpr (kOverwrites) plain = hn::Add(plain, keep_first(v, count));
  });
  if (kOverwrites && !std::isfinite(sum_of_lanes(plain))) return slow_row(x, n, y);
  const Floats top = hn::MaxOfLanes(Lanes(), greatest);
  Floats sum = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats e = exp_of(hn::Sub(load_floats(x + j, count, kLowest), top));
    if constexpr (kKeeps) store_floats(e, kept + j, count);
    sum = hn::Add(sum, e);
  });
  const float total = sum_of_lanes(sum);
  // So it is where an element is NaN or the greatest is infinite.
  if (!kOverwrites && std::isnan(total)) return slow_row(x, n, y);
  const Floats inverse = hn::Set(Lanes(), 1 / total);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats e = kKeeps ? load_floats(kept + j, count) : exp_of(hn::Sub(load_floats(x + j, count), top));
    store_floats(hn::Mul(e, inverse), y + j, count);
  });
  return {hn::GetLane(top), total};
}

constexpr int64_t kKept = 2048;  ///< exponentials beside what else is in L1

HWY_INLINE Pair any_row(const float* x, int64_t n, float* y) { return softmax_row<true>(x, n, y, y); }

/// In y they would be rounded twice.
HWY_INLINE Pair any_row(const BFloat16* x, int64_t n, BFloat16* y) {
  HWY_ALIGN float kept[kKept];
  return n <= kKept ? softmax_row<true>(x, n, y, kept) : softmax_row<false>(x, n, y, kept);
}

template <class T>
HWY_INLINE void gradient_row(const T* dy, const T* y, int64_t n, T* dx) {
  Floats products = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    products = hn::MulAdd(load_floats(dy + j, count), load_floats(y + j, count), products);
  });
  const Floats dot = hn::Set(Lanes(), sum_of_lanes(products));
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats centered = hn::Sub(load_floats(dy + j, count), dot);
    store_floats(hn::Mul(load_floats(y + j, count), centered), dx + j, count);
  });
}

HWY_FLATTEN void softmax_rows(const View& x, const View& max, const View& sum, const View& y, int64_t n,
                              int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) {
      const Pair pair = any_row(x.as<T>() + row * n, n, y.as<T>() + row * n);
      if (max.data != nullptr) max.as<float>()[row] = pair.max;
      if (sum.data != nullptr) sum.as<float>()[row] = pair.sum;
    }
  });
}

HWY_FLATTEN void gradient_rows(const View& dy, const View& y, const View& dx, int64_t n, int64_t begin,
                               int64_t end) {
  with_lane_type(y.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) {
      gradient_row(dy.as<T>() + row * n, y.as<T>() + row * n, n, dx.as<T>() + row * n);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(softmax_rows);
HWY_EXPORT(gradient_rows);

/// Rows of one piece: about 4 thousand elements, so that a piece outweighs starting it.
int64_t rows_at_once(int64_t width) { return 1 + 4096 / (1 + width); }

}  // namespace

void softmax(const View& x, const View& max, const View& sum, const View& y) {
  const int64_t n = x.type.shape.back();
  if (x.elems() == 0) return;
  parallel_for(x.elems() / n, rows_at_once(n), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(softmax_rows)(x, max, sum, y, n, begin, end);
  });
}

void softmax_backward(const View& dy, const View& y, const View& dx) {
  const int64_t n = y.type.shape.back();
  if (y.elems() == 0) return;
  parallel_for(y.elems() / n, rows_at_once(n), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gradient_rows)(dy, y, dx, n, begin, end);
  });
}

}  // namespace weft::kernels
#endif
