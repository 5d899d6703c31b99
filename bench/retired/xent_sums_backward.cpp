// src/weft/kernels/cpu/xent_sums_backward.cpp of commit 81cde10, without f64.
#include "bench/retired/xent_sums_backward.h"

#include <cmath>

#include "weft/base/check.h"
#include "weft/base/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/retired/xent_sums_backward.cpp"
#include <hwy/foreach_target.h>  // first: it includes this file once for every target

#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace weft::retired::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
hn::Vec<D> load(D d, const float* from) {
  return hn::LoadU(d, from);
}

template <class D>
hn::Vec<D> load(D d, const BFloat16* from) {
  const hn::Rebind<uint16_t, D> half;
  const hn::Rebind<uint32_t, D> word;
  const auto bits = hn::LoadU(half, reinterpret_cast<const uint16_t*>(from));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(word, bits)));
}

template <class D>
void store(D d, hn::Vec<D> value, float* to) {
  hn::StoreU(value, d, to);
}

/// Rounds to nearest even, as BFloat16 does. The values here are finite.
template <class D>
void store(D d, hn::Vec<D> value, BFloat16* to) {
  const hn::Rebind<uint16_t, D> half;
  const hn::Rebind<int32_t, D> word;
  (void)d;
  const auto bits = hn::BitCast(hn::Rebind<uint32_t, D>(), value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(hn::Rebind<uint32_t, D>(), 1));
  const auto rounded =
      hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(hn::Rebind<uint32_t, D>(), 0x7fff))));
  hn::StoreU(hn::DemoteTo(half, hn::BitCast(word, rounded)), half, reinterpret_cast<uint16_t*>(to));
}

/// dx = factor * exp(x - max) over one row.
template <class T>
void exponentials(const T* x, float max, float factor, int64_t count, T* dx) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto shift = hn::Set(d, max);
  const auto by = hn::Set(d, factor);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    store(d, hn::Mul(by, hn::Exp(d, hn::Sub(load(d, x + i), shift))), dx + i);
  }
  for (; i < count; ++i) dx[i] = T(factor * std::exp(static_cast<float>(x[i]) - max));
}

void exponentials_f32(const float* x, float max, float factor, int64_t count, float* dx) {
  exponentials(x, max, factor, count, dx);
}

void exponentials_bf16(const BFloat16* x, float max, float factor, int64_t count, BFloat16* dx) {
  exponentials(x, max, factor, count, dx);
}

}  // namespace
}  // namespace weft::retired::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::retired {

namespace {

HWY_EXPORT(exponentials_f32);
HWY_EXPORT(exponentials_bf16);

void fill_row(const float* x, float max, float factor, int64_t count, float* dx) {
  HWY_DYNAMIC_DISPATCH(exponentials_f32)(x, max, factor, count, dx);
}
void fill_row(const BFloat16* x, float max, float factor, int64_t count, BFloat16* dx) {
  HWY_DYNAMIC_DISPATCH(exponentials_bf16)(x, max, factor, count, dx);
}

template <class T, class S>
void backward(const View& logits, const View& dsums, const View& max, const View& targets,
              int64_t vocab_begin, const View& dlogits) {
  const int64_t width = logits.type.shape.back();
  const int64_t grain = 1 + 4096 / (1 + width);
  parallel_for(targets.elems(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* x = logits.as<T>() + row * width;
      T* dx = dlogits.as<T>() + row * width;
      const S* sums = dsums.as<S>() + 2 * row;
      const int64_t hot = targets.as<int32_t>()[row] - vocab_begin;
      const bool here = targets.as<int32_t>()[row] >= 0 && hot >= 0 && hot < width;
      // Before the row is overwritten, and rounded once: near the target the two terms almost cancel.
      const S shift = max.as<S>()[row];
      const S at_hot = here ? sums[0] * std::exp(static_cast<S>(x[hot]) - shift) + sums[1] : S{0};
      fill_row(x, shift, sums[0], width, dx);
      if (here) dx[hot] = T(at_hot);
    }
  });
}

}  // namespace

void xent_sums_backward(const View& logits, const View& dsums, const View& max, const View& targets,
                        int64_t vocab_begin, const View& dlogits) {
  if (logits.type.dtype == DType::bf16) {
    return backward<BFloat16, float>(logits, dsums, max, targets, vocab_begin, dlogits);
  }
  WEFT_CHECK(logits.type.dtype == DType::f32, "xent_sums_backward of {}", to_string(logits.type));
  backward<float, float>(logits, dsums, max, targets, vocab_begin, dlogits);
}

}  // namespace weft::retired
#endif
