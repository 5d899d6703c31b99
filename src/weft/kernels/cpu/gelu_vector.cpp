#include "weft/kernels/cpu/gelu_vector.h"

#include "weft/base/threads.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/gelu_vector.cpp"
#include <hwy/foreach_target.h>  // first: it includes this file once for every target

#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace weft::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Floats = hn::Vec<Lanes>;

inline Floats constant(double value) { return hn::Set(Lanes(), static_cast<float>(value)); }

inline Floats load_floats(const float* from) { return hn::LoadU(Lanes(), from); }
inline Floats load_floats(const BFloat16* from) {
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::Rebind<uint32_t, Lanes> word;
  const auto bits = hn::PromoteTo(word, hn::LoadU(half, reinterpret_cast<const uint16_t*>(from)));
  return hn::BitCast(Lanes(), hn::ShiftLeft<16>(bits));
}
inline void store_floats(Floats value, float* to) { hn::StoreU(value, Lanes(), to); }
inline void store_floats(Floats value, BFloat16* to) {
  // To nearest even; a NaN cannot come of a finite input, and one that comes in stays one.
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::Rebind<uint32_t, Lanes> word;
  const auto bits = hn::BitCast(word, value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(word, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(word, 0x7fff))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(word, 0x40));
  const auto kept = hn::IfThenElse(hn::RebindMask(word, hn::IsNaN(value)), quiet, rounded);
  hn::StoreU(hn::TruncateTo(half, kept), half, reinterpret_cast<uint16_t*>(to));
}

/// tanh(u) = 1 - 2 / (exp(2u) + 1); beyond 15 it is 1 to the last bit, and exp must not overflow.
inline Floats tanh_of(Floats u) {
  const Lanes d;
  const Floats clamped = hn::Min(hn::Max(u, constant(-15)), constant(15));
  const Floats e = hn::Exp(d, hn::Add(clamped, clamped));
  return hn::Sub(constant(1), hn::Div(constant(2), hn::Add(e, constant(1))));
}

/// erf by Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26: within 1.5e-7.
/// Also hands out exp(-x²), which the slope needs.
inline Floats erf_of(Floats x, Floats& density) {
  const Lanes d;
  const Floats size = hn::Abs(x);
  const Floats t = hn::Div(constant(1), hn::MulAdd(constant(0.3275911), size, constant(1)));
  Floats p = constant(1.061405429);
  for (const double c : {-1.453152027, 1.421413741, -0.284496736, 0.254829592})
    p = hn::MulAdd(p, t, constant(c));
  density = hn::Exp(d, hn::Neg(hn::Mul(x, x)));
  return hn::CopySign(hn::NegMulAdd(hn::Mul(p, t), density, constant(1)), x);
}

inline Floats inner(Floats x) {
  const Floats cube = hn::Mul(hn::Mul(x, x), x);
  return hn::Mul(constant(0.7978845608028654), hn::MulAdd(constant(0.044715), cube, x));
}

inline Floats gelu_tanh(Floats x) {
  return hn::Mul(hn::Mul(constant(0.5), x), hn::Add(constant(1), tanh_of(inner(x))));
}

inline Floats gelu_erf(Floats x) {
  Floats density;
  const Floats e = erf_of(hn::Mul(x, constant(0.7071067811865476)), density);
  return hn::Mul(hn::Mul(constant(0.5), x), hn::Add(constant(1), e));
}

inline Floats slope_tanh(Floats x) {
  const Floats t = tanh_of(inner(x));
  const Floats rise =
      hn::Mul(constant(0.7978845608028654), hn::MulAdd(constant(3 * 0.044715), hn::Mul(x, x), constant(1)));
  const Floats half = hn::Mul(constant(0.5), hn::Add(constant(1), t));
  const Floats curve = hn::Mul(hn::Mul(constant(0.5), x), hn::NegMulAdd(t, t, constant(1)));
  return hn::MulAdd(curve, rise, half);
}

inline Floats slope_erf(Floats x) {
  Floats density;
  const Floats e = erf_of(hn::Mul(x, constant(0.7071067811865476)), density);
  const Floats half = hn::Mul(constant(0.5), hn::Add(constant(1), e));
  return hn::MulAdd(hn::Mul(x, density), constant(0.3989422804014327), half);
}

/// out[i] = f(a[i], b[i]) for `count` elements; the last few by a padded vector.
template <class T, class F>
void map_pairs(const T* a, const T* b, int64_t count, T* out, F&& f) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(Lanes()));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store_floats(f(load_floats(a + i), load_floats(b + i)), out + i);
  if (i == count) return;
  T left[HWY_MAX_BYTES / 2] = {};
  T right[HWY_MAX_BYTES / 2] = {};
  std::copy(a + i, a + count, left);
  std::copy(b + i, b + count, right);
  store_floats(f(load_floats(left), load_floats(right)), left);
  std::copy(left, left + (count - i), out + i);
}

template <class T>
void gelu_piece(const T* x, int64_t count, bool tanh_form, T* out) {
  if (tanh_form) {
    map_pairs(x, x, count, out, [](Floats v, Floats) { return gelu_tanh(v); });
  } else {
    map_pairs(x, x, count, out, [](Floats v, Floats) { return gelu_erf(v); });
  }
}

template <class T>
void slope_piece(const T* dy, const T* x, int64_t count, bool tanh_form, T* out) {
  if (tanh_form) {
    map_pairs(dy, x, count, out, [](Floats g, Floats v) { return hn::Mul(g, slope_tanh(v)); });
  } else {
    map_pairs(dy, x, count, out, [](Floats g, Floats v) { return hn::Mul(g, slope_erf(v)); });
  }
}

void gelu_f32(const float* x, int64_t count, bool tanh_form, float* out) {
  gelu_piece(x, count, tanh_form, out);
}
void gelu_bf16(const BFloat16* x, int64_t count, bool tanh_form, BFloat16* out) {
  gelu_piece(x, count, tanh_form, out);
}
void slope_f32(const float* dy, const float* x, int64_t count, bool tanh_form, float* out) {
  slope_piece(dy, x, count, tanh_form, out);
}
void slope_bf16(const BFloat16* dy, const BFloat16* x, int64_t count, bool tanh_form, BFloat16* out) {
  slope_piece(dy, x, count, tanh_form, out);
}

}  // namespace weft::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

HWY_EXPORT(gelu_f32);
HWY_EXPORT(gelu_bf16);
HWY_EXPORT(slope_f32);
HWY_EXPORT(slope_bf16);

namespace {
constexpr int64_t kGrain = 4096;
}

void gelu_vector(const View& x, const View& out, bool tanh_form) {
  parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
    if (x.type.dtype == DType::f32) {
      HWY_DYNAMIC_DISPATCH(gelu_f32)(x.as<float>() + begin, end - begin, tanh_form, out.as<float>() + begin);
    } else {
      HWY_DYNAMIC_DISPATCH(gelu_bf16)
      (x.as<BFloat16>() + begin, end - begin, tanh_form, out.as<BFloat16>() + begin);
    }
  });
}

void gelu_backward_vector(const View& dy, const View& x, const View& dx, bool tanh_form) {
  parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
    if (x.type.dtype == DType::f32) {
      HWY_DYNAMIC_DISPATCH(slope_f32)
      (dy.as<float>() + begin, x.as<float>() + begin, end - begin, tanh_form, dx.as<float>() + begin);
    } else {
      HWY_DYNAMIC_DISPATCH(slope_bf16)
      (dy.as<BFloat16>() + begin, x.as<BFloat16>() + begin, end - begin, tanh_form,
       dx.as<BFloat16>() + begin);
    }
  });
}

}  // namespace weft::kernels
#endif
