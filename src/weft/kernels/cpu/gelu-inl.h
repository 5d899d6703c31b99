// GELU and its slope on vectors of f32. Compiled once a target.
#if defined(WEFT_GELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_GELU_INL_H_
#undef WEFT_GELU_INL_H_
#else
#define WEFT_GELU_INL_H_
#endif

#include <hwy/highway.h>

#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

/// Beyond exp(40) or below exp(-40) what is added to 1 leaves nothing of one of the two in f32.
constexpr double kGeluFar = 40;

/// exp(y), y clamped to [-kGeluFar, kGeluFar].
HWY_INLINE Floats exp_near(Floats y) {
  return exp_inside(hn::Min(hn::Max(y, constant(-kGeluFar)), constant(kGeluFar)));
}

/// 1 / a for a in [1, exp(kGeluFar)], within 2e-7 relative: a step of Newton's doubles the bits of the
/// estimate, of which AVX-512 gives 14, x86 before it 12 and others 8. By this form of it 1 / 1 is 1.
HWY_INLINE Floats inverse_of(Floats a) {
  const Floats estimate = hn::ApproximateReciprocal(a);
  const Floats better = hn::MulAdd(estimate, hn::NegMulAdd(a, estimate, constant(1)), estimate);
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3
  return better;
#else
  return hn::MulAdd(better, hn::NegMulAdd(a, better, constant(1)), better);
#endif
}

/// GELU's factor of x, by tanh: (1 + tanh(u)) / 2 = 1 / (1 + exp(-2u)), which loses nothing where tanh is
/// near -1. `square` is x². Also hands out what is left to 1, as exactly.
HWY_INLINE Floats gelu_factor(Floats x, Floats square, Floats& rest) {
  const Floats inner =
      hn::MulAdd(constant(-2 * 0.7978845608028654 * 0.044715), square, constant(-2 * 0.7978845608028654));
  const Floats y = hn::Mul(inner, x);
  const Floats e = exp_near(y);
  const Floats s = hn::IfThenZeroElse(hn::Gt(y, constant(kGeluFar)), inverse_of(hn::Add(e, constant(1))));
  // Far out the slope's other factors grow as x³: what is clamped must not be left for them to raise.
  rest = hn::IfThenZeroElse(hn::Lt(y, constant(-kGeluFar)), hn::Mul(e, s));
  return s;
}

/// GELU's factor of x, by erf: the normal distribution, within 1e-7 (Abramowitz and Stegun, "Handbook of
/// Mathematical Functions", 26.2.17). Also hands out its density.
HWY_INLINE Floats gelu_normal(Floats x, Floats square, Floats& density) {
  const Floats y = hn::Mul(square, constant(-0.5));
  const Floats e = hn::Mul(exp_near(y), constant(0.3989422804014327));
  density = hn::IfThenZeroElse(hn::Lt(y, constant(-kGeluFar)), e);
  const Floats t =
      inverse_of(hn::MulAdd(constant(0.2316419), hn::Min(hn::Abs(x), constant(20)), constant(1)));
  Floats p = constant(1.330274429);
  p = hn::MulAdd(p, t, constant(-1.821255978));
  p = hn::MulAdd(p, t, constant(1.781477937));
  p = hn::MulAdd(p, t, constant(-0.356563782));
  p = hn::MulAdd(p, t, constant(0.319381530));
  const Floats tail = hn::Mul(hn::Mul(p, t), density);
  return hn::IfThenElse(hn::Lt(x, constant(0)), tail, hn::Sub(constant(1), tail));
}

HWY_INLINE Floats gelu_of(Floats x, bool tanh_form) {
  const Floats square = hn::Mul(x, x);
  Floats unused;
  return hn::Mul(x, tanh_form ? gelu_factor(x, square, unused) : gelu_normal(x, square, unused));
}

HWY_INLINE Floats gelu_slope_of(Floats x, bool tanh_form) {
  const Floats square = hn::Mul(x, x);
  if (tanh_form) {
    Floats rest;
    const Floats s = gelu_factor(x, square, rest);
    const Floats rise =
        hn::MulAdd(constant(6 * 0.7978845608028654 * 0.044715), square, constant(2 * 0.7978845608028654));
    const Floats curve = hn::Mul(hn::Mul(x, s), rest);
    return hn::MulAdd(curve, rise, s);
  }
  Floats density;
  const Floats below = gelu_normal(x, square, density);
  return hn::MulAdd(x, density, below);
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
