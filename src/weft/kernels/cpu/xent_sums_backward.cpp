#include "weft/kernels/xent_sums_backward.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/xent_sums_backward.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cmath>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// dx = factor * exp(x - max) over one row.
template <class T>
HWY_INLINE void exponentials(const T* x, float max, float factor, int64_t count, T* dx) {
  const Floats shift = hn::Set(Lanes(), max);
  const Floats by = hn::Set(Lanes(), factor);
  sweep(count, [&](int64_t i, int64_t n) HWY_ATTR {
    store_floats(hn::Mul(by, exp_of(hn::Sub(load_floats(x + i, n), shift))), dx + i, n);
  });
}

HWY_FLATTEN void exponentials_f32(const float* x, float max, float factor, int64_t count, float* dx) {
  exponentials(x, max, factor, count, dx);
}

HWY_FLATTEN void exponentials_bf16(const BFloat16* x, float max, float factor, int64_t count, BFloat16* dx) {
  exponentials(x, max, factor, count, dx);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(exponentials_f32);
HWY_EXPORT(exponentials_bf16);

void fill_row(const float* x, float max, float factor, int64_t count, float* dx) {
  HWY_DYNAMIC_DISPATCH(exponentials_f32)(x, max, factor, count, dx);
}
void fill_row(const BFloat16* x, float max, float factor, int64_t count, BFloat16* dx) {
  HWY_DYNAMIC_DISPATCH(exponentials_bf16)(x, max, factor, count, dx);
}

template <class T>
void backward(const View& logits, const View& dsums, const View& dpicked, const View& max,
              const View& targets, int64_t vocab_begin, const View& dlogits) {
  const int64_t width = logits.type.shape.back();
  const int64_t grain = 1 + 4096 / (1 + width);
  parallel_for(targets.elems(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* x = logits.as<T>() + row * width;
      T* dx = dlogits.as<T>() + row * width;
      const float factor = dsums.as<float>()[row];
      const float shift = max.as<float>()[row];
      const int64_t hot = targets.as<int32_t>()[row] - vocab_begin;
      const bool here = targets.as<int32_t>()[row] >= 0 && hot >= 0 && hot < width;
      // Before the row is overwritten, and rounded once: near the target the two terms almost cancel.
      const float at_hot =
          here ? factor * std::exp(static_cast<float>(x[hot]) - shift) + dpicked.as<float>()[row] : 0;
      fill_row(x, shift, factor, width, dx);
      if (here) dx[hot] = T(at_hot);
    }
  });
}

}  // namespace

void xent_sums_backward(const View& logits, const View& dsums, const View& dpicked, const View& max,
                        const View& targets, int64_t vocab_begin, const View& dlogits) {
  if (logits.type.dtype == DType::bf16) {
    return backward<BFloat16>(logits, dsums, dpicked, max, targets, vocab_begin, dlogits);
  }
  WEFT_CHECK(logits.type.dtype == DType::f32, "xent_sums_backward of {}", to_string(logits.type));
  backward<float>(logits, dsums, dpicked, max, targets, vocab_begin, dlogits);
}

}  // namespace weft::kernels
#endif
