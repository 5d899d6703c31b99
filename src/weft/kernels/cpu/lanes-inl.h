// Vectors of f32, and rows of f32 or bf16 in and out of them. Compiled once a target.
#if defined(WEFT_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_LANES_INL_H_
#undef WEFT_LANES_INL_H_
#else
#define WEFT_LANES_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "weft/tensor/dtype.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<float>;
using Floats = hn::Vec<Lanes>;

/// Elements of a vector.
HWY_INLINE int64_t lane_count() { return static_cast<int64_t>(hn::Lanes(Lanes())); }

HWY_INLINE Floats constant(double value) { return hn::Set(Lanes(), static_cast<float>(value)); }

HWY_INLINE Floats load_floats(const float* from) { return hn::LoadU(Lanes(), from); }

HWY_INLINE Floats load_floats(const BFloat16* from) {
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::Rebind<uint32_t, Lanes> word;
  const auto bits = hn::PromoteTo(word, hn::LoadU(half, reinterpret_cast<const uint16_t*>(from)));
  return hn::BitCast(Lanes(), hn::ShiftLeft<16>(bits));
}

HWY_INLINE void store_floats(Floats value, float* to) { hn::StoreU(value, Lanes(), to); }

/// To nearest even, and NaN stays NaN, as BFloat16 does.
HWY_INLINE void store_floats(Floats value, BFloat16* to) {
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::Rebind<uint32_t, Lanes> word;
  const auto bits = hn::BitCast(word, value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(word, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(word, 0x7fff))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(word, 0x40));
  const auto kept = hn::IfThenElse(hn::RebindMask(word, hn::IsNaN(value)), quiet, rounded);
  hn::StoreU(hn::TruncateTo(half, kept), half, reinterpret_cast<uint16_t*>(to));
}

/// The first `count` elements, `filler` behind them. Nothing past them is read.
template <class T>
HWY_INLINE Floats load_floats(const T* from, int64_t count, float filler = 0) {
  if (count == lane_count()) return load_floats(from);
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(hn::Set(Lanes(), filler), Lanes(), buffer);
  // The second bound tells the compiler what a tail is.
  for (int64_t i = 0; i < count && i < lane_count(); ++i) buffer[i] = static_cast<float>(from[i]);
  return hn::Load(Lanes(), buffer);
}

/// Writes the first `count` elements only.
template <class T>
HWY_INLINE void store_floats(Floats value, T* to, int64_t count) {
  if (count == lane_count()) return store_floats(value, to);
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(value, Lanes(), buffer);
  for (int64_t i = 0; i < count && i < lane_count(); ++i) to[i] = T(buffer[i]);
}

/// The first `count` elements of value, zeros behind them: for sums of what load_floats filled up.
HWY_INLINE Floats keep_first(Floats value, int64_t count) {
  if (count == lane_count()) return value;
  return hn::IfThenElseZero(hn::FirstN(Lanes(), static_cast<size_t>(count)), value);
}

/// Calls step(i, count) for vectors [i, i + count) of [0, n); all but the last have lane_count() elements.
template <class Step>
HWY_INLINE void sweep(int64_t n, const Step& step) {
  const int64_t width = lane_count();
  int64_t i = 0;
  for (; i + width <= n; i += width) step(i, width);
  if (i < n) step(i, n - i);
}

/// Calls body(float{}) or body(BFloat16{}).
template <class Body>
HWY_INLINE void with_lane_type(DType dtype, const Body& body) {
  if (dtype == DType::bf16) {
    body(BFloat16{});
  } else {
    body(float{});
  }
}

HWY_INLINE float sum_of_lanes(Floats value) { return hn::GetLane(hn::SumOfLanes(Lanes(), value)); }

/// exp(x) within 2e-7 relative; 0 below -87, where the result leaves the normal numbers, infinity from 88.73.
/// NaN stays NaN. Range reduction and polynomial as in Cephes' expf (Moshier, 1989).
HWY_INLINE Floats exp_of(Floats x) {
  const Lanes d;
  const hn::RebindToSigned<Lanes> whole;
  const Floats inside = hn::Min(constant(88.722), hn::Max(constant(-87), x));
  const Floats power = hn::Round(hn::Mul(inside, constant(1.44269504088896341)));
  const Floats r =
      hn::NegMulAdd(power, constant(-2.12194440e-4), hn::NegMulAdd(power, constant(0.693359375), inside));
  Floats p = constant(1.9875691500e-4);
  p = hn::MulAdd(p, r, constant(1.3981999507e-3));
  p = hn::MulAdd(p, r, constant(8.3334519073e-3));
  p = hn::MulAdd(p, r, constant(4.1665795894e-2));
  p = hn::MulAdd(p, r, constant(1.6666665459e-1));
  p = hn::MulAdd(p, r, constant(5.0000001201e-1));
  const Floats mantissa = hn::Add(hn::MulAdd(hn::Mul(p, r), r, r), constant(1));
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(whole, power));
  const Floats result = hn::BitCast(d, hn::Add(hn::BitCast(whole, mantissa), exponent));
  // Neither infinity nor NaN is at most the bound.
  const Floats bounded = hn::IfThenElse(hn::Le(x, constant(88.722)), result, hn::Add(x, hn::Inf(d)));
  return hn::IfThenZeroElse(hn::Lt(x, constant(-87)), bounded);
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
