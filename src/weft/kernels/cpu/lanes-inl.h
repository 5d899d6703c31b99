// Vectors of f32, and rows of f32 or bf16 in and out of them. Compiled once a target.
#if defined(WEFT_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_LANES_INL_H_
#undef WEFT_LANES_INL_H_
#else
#define WEFT_LANES_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>
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

/// The bits of each lane as a BFloat16, in the low half of a word: to nearest even, and NaN stays NaN.
HWY_INLINE hn::Vec<hn::RebindToUnsigned<Lanes>> bf16_bits(Floats value) {
  const hn::RebindToUnsigned<Lanes> word;
  const auto bits = hn::BitCast(word, value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(word, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(word, 0x7fff))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(word, 0x40));
  return hn::IfThenElse(hn::RebindMask(word, hn::IsNaN(value)), quiet, rounded);
}

HWY_INLINE void store_floats(Floats value, BFloat16* to) {
  const hn::Rebind<uint16_t, Lanes> half;
  hn::StoreU(hn::TruncateTo(half, bf16_bits(value)), half, reinterpret_cast<uint16_t*>(to));
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
  HWY_ALIGN T buffer[HWY_MAX_BYTES / sizeof(float)];
  store_floats(value, buffer);
  for (int64_t i = 0; i < count && i < lane_count(); ++i) to[i] = buffer[i];
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

/// Asks for what is read 4 KiB later, which may lie past the end. For loops with much to compute: few of
/// their loads are in flight at once, too few to hide memory's latency, and where the hardware's prefetching
/// is weak (measured on a Xeon under KVM) this is worth a third of the time.
template <class T>
HWY_INLINE void fetch_ahead(const T* from) {
  hwy::Prefetch(reinterpret_cast<const std::byte*>(reinterpret_cast<uintptr_t>(from) + 4096));
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

/// exp(y) within 2e-7 relative for y in [-87, 88.722], where it is a normal number: 2^n e^r with e^r =
/// 1 + r + r² q(r) for |r| <= ln(2) / 2, q of least relative error (3e-9).
HWY_INLINE Floats exp_inside(Floats y) {
  const Lanes d;
  const hn::RebindToSigned<Lanes> whole;
  // Added to 1.5 * 2^23 a number is rounded to a whole one, which then is the sum's lowest bits.
  const Floats shifted = hn::MulAdd(y, constant(1.44269504088896341), constant(12582912));
  const Floats n = hn::Sub(shifted, constant(12582912));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(whole, shifted));
  // ln(2) in two parts; the first has few bits, so that its product is exact.
  const Floats r = hn::NegMulAdd(n, constant(-2.12194440e-4), hn::NegMulAdd(n, constant(0.693359375), y));
  Floats q = constant(1.381453988e-3);
  q = hn::MulAdd(q, r, constant(8.368745127e-3));
  q = hn::MulAdd(q, r, constant(4.166839079e-2));
  q = hn::MulAdd(q, r, constant(0.166665203988));
  q = hn::MulAdd(q, r, constant(0.499999934321));
  const Floats fraction = hn::MulAdd(hn::Mul(r, r), q, hn::Add(r, constant(1)));
  return hn::BitCast(d, hn::Add(hn::BitCast(whole, fraction), exponent));
}

/// exp(x) within 2e-7 relative; 0 below -87, where the result leaves the normal numbers, infinity from 88.73.
/// NaN stays NaN.
HWY_INLINE Floats exp_of(Floats x) {
  const Floats result = exp_inside(hn::Min(constant(88.722), hn::Max(constant(-87), x)));
  // Neither infinity nor NaN is at most the bound.
  const Floats bounded = hn::IfThenElse(hn::Le(x, constant(88.722)), result, hn::Add(x, hn::Inf(Lanes())));
  return hn::IfThenZeroElse(hn::Lt(x, constant(-87)), bounded);
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
