#include "weft/kernels/cross_entropy.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/cross_entropy.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/dtype_dispatch.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// NaN where there is one.
template <class T>
float slow_greatest_of(const T* x, int64_t v) {
  float greatest = kLowest;
  for (int64_t j = 0; j < v; ++j) {
    const auto here = static_cast<float>(x[j]);
    if (std::isnan(here)) return here;
    greatest = std::max(greatest, here);
  }
  return greatest;
}

/// Two sums side by side: an addition takes longer than all else that is done with a vector.
template <class T>
HWY_INLINE float greatest_of(const T* x, int64_t v) {
  const int64_t width = lane_count();
  Floats greatest = hn::Set(Lanes(), kLowest);
  Floats sum = constant(0), other = constant(0);  // NaN where one is, or where both infinities are
  int64_t j = 0;
  for (; j + 2 * width <= v; j += 2 * width) {
    const Floats a = load_floats(x + j), b = load_floats(x + j + width);
    greatest = hn::Max(greatest, hn::Max(a, b));
    sum = hn::Add(sum, a);
    other = hn::Add(other, b);
  }
  sweep(v - j, [&](int64_t at, int64_t count) HWY_ATTR {
    const Floats here = load_floats(x + j + at, count, kLowest);
    greatest = hn::Max(greatest, here);
    sum = hn::Add(sum, here);
  });
  if (std::isnan(sum_of_lanes(hn::Add(sum, other)))) return slow_greatest_of(x, v);
  return hn::GetLane(hn::MaxOfLanes(Lanes(), greatest));
}

template <class T>
HWY_INLINE float exponentials_of(const T* x, int64_t v, float top) {
  const Floats shift = hn::Set(Lanes(), top);
  Floats sum = constant(0);
  sweep(v, [&](int64_t j, int64_t count) HWY_ATTR {
    fetch_ahead(x + j);
    sum = hn::Add(sum, keep_first(exp_of(hn::Sub(load_floats(x + j, count, kLowest), shift)), count));
  });
  return sum_of_lanes(sum);
}

HWY_FLATTEN void max_rows(const View& logits, int64_t v, const View& max, int64_t begin, int64_t end) {
  with_lane_type(logits.type.dtype, [&](auto t) HWY_ATTR {
    for (int64_t row = begin; row < end; ++row) {
      max.as<float>()[row] = greatest_of(logits.as<decltype(t)>() + row * v, v);
    }
  });
}

HWY_FLATTEN void sum_rows(const View& logits, int64_t v, const View& max, const View& sums, int64_t begin,
                          int64_t end) {
  with_lane_type(logits.type.dtype, [&](auto t) HWY_ATTR {
    for (int64_t row = begin; row < end; ++row) {
      sums.as<float>()[row] = exponentials_of(logits.as<decltype(t)>() + row * v, v, max.as<float>()[row]);
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

HWY_EXPORT(max_rows);
HWY_EXPORT(sum_rows);

/// Rows of one piece: about 16 thousand elements, so that a piece outweighs starting it.
int64_t rows_at_once(int64_t v) { return 1 + 16384 / (1 + v); }

float logit_at(const View& logits, int64_t at) {
  return logits.type.dtype == DType::bf16 ? load(logits.as<BFloat16>(), at) : load(logits.as<float>(), at);
}

}  // namespace

void row_max(const View& x, const View& max) {
  const int64_t v = x.type.shape.back();
  WEFT_CHECK(x.type.dtype != DType::f64 && x.elems() == max.elems() * v, "row_max of {} into {}",
             to_string(x.type), to_string(max.type));
  parallel_for(max.elems(), rows_at_once(v), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(max_rows)(x, v, max, begin, end);
  });
}

void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums, const View& picked) {
  const int64_t v = logits.type.shape.back();
  WEFT_CHECK(logits.elems() == max.elems() * v && sums.elems() == max.elems(), "xent_sums of {} into {}",
             to_string(logits.type), to_string(sums.type));
  parallel_for(max.elems(), rows_at_once(v), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(sum_rows)(logits, v, max, sums, begin, end);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t target = targets.as<int32_t>()[row] - vocab_begin;
      const bool here = targets.as<int32_t>()[row] >= 0 && target >= 0 && target < v;
      picked.as<float>()[row] = here ? logit_at(logits, row * v + target) : 0.0f;
    }
  });
}

}  // namespace weft::kernels
#endif
