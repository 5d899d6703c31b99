// src/weft/kernels/cpu/cross_entropy.cpp of commit 81cde10, without f64.
#include "bench/retired/cross_entropy.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/retired/cross_entropy.cpp"
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
namespace weft::retired {
using namespace kernels;  // NOLINT(google-build-using-namespace): as it was
namespace HWY_NAMESPACE {
using namespace kernels::HWY_NAMESPACE;  // NOLINT(google-build-using-namespace): as it was
namespace hn = hwy::HWY_NAMESPACE;

namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

template <class T>
HWY_INLINE float greatest_of(const T* x, int64_t v) {
  Floats greatest = hn::Set(Lanes(), kLowest);
  sweep(v, [&](int64_t j, int64_t count)
               HWY_ATTR { greatest = hn::Max(greatest, load_floats(x + j, count, kLowest)); });
  return hn::GetLane(hn::MaxOfLanes(Lanes(), greatest));
}

template <class T>
HWY_INLINE float exponentials_of(const T* x, int64_t v, float top) {
  const Floats shift = hn::Set(Lanes(), top);
  Floats sum = constant(0);
  sweep(v, [&](int64_t j, int64_t count) HWY_ATTR {
    fetch_ahead(x + j);
    sum = hn::Add(sum, exp_of(hn::Sub(load_floats(x + j, count, kLowest), shift)));
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
      sums.as<float>()[2 * row] =
          exponentials_of(logits.as<decltype(t)>() + row * v, v, max.as<float>()[row]);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::retired
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::retired {

namespace {

HWY_EXPORT(max_rows);
HWY_EXPORT(sum_rows);

/// Rows of one piece: about 16 thousand elements, so that a piece outweighs starting it.
int64_t rows_at_once(int64_t v) { return 1 + 16384 / (1 + v); }

float logit_at(const View& logits, int64_t at) {
  return logits.type.dtype == DType::bf16 ? load(logits.as<BFloat16>(), at) : load(logits.as<float>(), at);
}

}  // namespace

void xent_max(const View& logits, const View& max) {
  const int64_t v = logits.type.shape.back();
  WEFT_CHECK(logits.elems() == max.elems() * v, "xent_max of {} into {}", to_string(logits.type),
             to_string(max.type));
  parallel_for(max.elems(), rows_at_once(v), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(max_rows)(logits, v, max, begin, end);
  });
}

void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums) {
  const int64_t v = logits.type.shape.back();
  WEFT_CHECK(logits.elems() == max.elems() * v && sums.elems() == 2 * max.elems(), "xent_sums of {} into {}",
             to_string(logits.type), to_string(sums.type));
  parallel_for(max.elems(), rows_at_once(v), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(sum_rows)(logits, v, max, sums, begin, end);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t target = targets.as<int32_t>()[row] - vocab_begin;
      const bool here = targets.as<int32_t>()[row] >= 0 && target >= 0 && target < v;
      sums.as<float>()[2 * row + 1] = here ? logit_at(logits, row * v + target) : 0.0f;
    }
  });
}

void xent_loss(const View& max, const View& sums, const View& targets, double scale, const View& out) {
  with_floating(max.type.dtype, [&](auto s) {
    using S = decltype(s);
    double loss = 0;
    for (int64_t row = 0; row < max.elems(); ++row) {
      if (targets.as<int32_t>()[row] < 0) continue;
      loss += std::log(static_cast<double>(load(sums.as<S>(), 2 * row))) +
              static_cast<double>(load(max.as<S>(), row)) -
              static_cast<double>(load(sums.as<S>(), 2 * row + 1));
    }
    store(out.as<S>(), 0, Compute<S>(scale * loss));
  });
}

}  // namespace weft::retired
#endif
