// The vector forms of scalar functions that Highway has not. Compiled once a target.
#if defined(WEFT_POINTWISE_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_POINTWISE_FUNCTIONS_INL_H_
#undef WEFT_POINTWISE_FUNCTIONS_INL_H_
#else
#define WEFT_POINTWISE_FUNCTIONS_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

template <class D, size_t kTerms>
HWY_INLINE hn::Vec<D> polynomial(D d, hn::Vec<D> x, const double (&terms)[kTerms]) {
  using T = hn::TFromD<D>;
  hn::Vec<D> sum = hn::Set(d, static_cast<T>(terms[0]));
  for (size_t i = 1; i < kTerms; ++i) sum = hn::MulAdd(sum, x, hn::Set(d, static_cast<T>(terms[i])));
  return sum;
}

/// Of f32 the fast form. Of f64 Highway's, which is for arguments with a result that is a number.
template <class D>
HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  if constexpr (sizeof(hn::TFromD<D>) == 4) {
    return exp_of(x);
  } else {
    const auto most = hn::Set(d, 709.78);
    const auto least = hn::Set(d, -745.2);
    const auto result = hn::Exp(d, hn::Min(most, hn::Max(least, x)));
    // Neither infinity nor NaN is at most the bound.
    const auto bounded = hn::IfThenElse(hn::Le(x, most), result, hn::Add(x, hn::Inf(d)));
    return hn::IfThenZeroElse(hn::Lt(x, least), bounded);
  }
}

/// Highway's is for positive numbers.
template <class D>
HWY_INLINE hn::Vec<D> logarithm(D d, hn::Vec<D> x) {
  const auto zero = hn::Zero(d);
  const auto finite = hn::IfThenElse(hn::Eq(x, hn::Inf(d)), x, hn::Log(d, x));
  const auto outside = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(hn::Inf(d)), hn::NaN(d));
  return hn::IfThenElse(hn::Gt(x, zero), finite, outside);
}

/// Integers as reals of their size.
template <class D>
HWY_INLINE auto to_real(D, hn::Vec<D> x) {
  using Real = std::conditional_t<sizeof(hn::TFromD<D>) == 4, float, double>;
  return hn::ConvertTo(hn::ScalableTag<Real>(), x);
}

/// Towards zero; the nearest that there is, and 0 for NaN.
template <class D>
HWY_INLINE auto to_integer(D d, hn::Vec<D> x) {
  return hn::ConvertTo(hn::RebindToSigned<decltype(d)>(), hn::IfThenZeroElse(hn::IsNaN(x), x));
}

/// Highway's sin and cos are for arguments up to 39000; greater ones go through the C library one by one.
template <class D, class Fast, class Slow>
HWY_INLINE hn::Vec<D> periodic(D d, hn::Vec<D> x, const Fast& fast, const Slow& slow) {
  using T = hn::TFromD<D>;
  const auto far = hn::Gt(hn::Abs(x), hn::Set(d, T{39000}));
  const auto near = fast(d, hn::IfThenZeroElse(far, x));
  if (HWY_LIKELY(hn::AllFalse(d, far))) return near;
  HWY_ALIGN T lanes[hn::MaxLanes(d)];
  hn::Store(x, d, lanes);
  for (size_t i = 0; i < hn::Lanes(d); ++i) lanes[i] = static_cast<T>(slow(static_cast<double>(lanes[i])));
  return hn::IfThenElse(far, hn::Load(d, lanes), near);
}

template <class D>
HWY_INLINE hn::Vec<D> sine(D d, hn::Vec<D> x) {
  return periodic(
      d, x, [](D tag, hn::Vec<D> y) HWY_ATTR { return hn::Sin(tag, y); },
      [](double y) { return std::sin(y); });
}

template <class D>
HWY_INLINE hn::Vec<D> cosine(D d, hn::Vec<D> x) {
  return periodic(
      d, x, [](D tag, hn::Vec<D> y) HWY_ATTR { return hn::Cos(tag, y); },
      [](double y) { return std::cos(y); });
}

template <class D>
HWY_INLINE hn::Vec<D> sigmoid_of(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, hn::TFromD<D>(1));
  return hn::Div(one, hn::Add(one, exponential(d, hn::Neg(x))));
}

template <class D>
HWY_INLINE hn::Vec<D> sign_of(D d, hn::Vec<D> x) {
  const auto zero = hn::Zero(d);
  const auto one = hn::Set(d, hn::TFromD<D>(1));
  const auto above = hn::IfThenElseZero(hn::Gt(x, zero), one);
  return hn::Sub(above, hn::IfThenElseZero(hn::Lt(x, zero), one));
}

/// a >= b, which Highway has of reals only.
template <class D>
HWY_INLINE hn::Mask<D> at_least(D, hn::Vec<D> a, hn::Vec<D> b) {
  if constexpr (hwy::IsFloat<hn::TFromD<D>>()) {
    return hn::Ge(a, b);
  } else {
    return hn::Not(hn::Lt(a, b));
  }
}

/// Of f32: x p(x²) below 1, else 1 - exp(-x²) t q(t) with t = 1 / (1 + |x| / 2): Chebyshev fits of relative
/// errors 2e-9 and 2e-8 of what they fit.
template <class D>
HWY_INLINE hn::Vec<D> erf_of(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, 1.0f);
  const auto square = hn::Mul(x, x);
  const auto small = hn::Mul(
      x, polynomial(d, square,
                    {7.882497112276036e-05, -0.0008018854992987632, 0.005189311942652263,
                     -0.026854328796015292, 0.11283597463485855, -0.37612626903580143, 1.1283791658815032}));
  // Beyond 4 the function is 1.
  const auto magnitude = hn::Min(hn::Abs(x), hn::Set(d, 4.0f));
  const auto t = hn::Div(one, hn::MulAdd(magnitude, hn::Set(d, 0.5f), one));
  const auto q =
      polynomial(d, t,
                 {0.0938431951756533, -0.38225939692111865, 0.4317476953339406, 0.003267816773950577,
                  0.29626657502818327, 0.27443004367528234, 0.2825962857702937});
  const auto tail = hn::Mul(hn::Mul(q, t), exp_of(hn::Neg(hn::Mul(magnitude, magnitude))));
  const auto large = hn::CopySign(hn::Sub(one, tail), x);
  // NaN is not at least 1, and stays what it is.
  return hn::IfThenElse(hn::Ge(hn::Abs(x), one), large, small);
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
