#include "weft/kernels/cpu/pointwise_folds.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/pointwise_folds.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

#include "weft/kernels/cpu/pointwise_functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// The row's definition, a double at a time.
template <class T, class P>
void one_slowly(const FoldStep& step) {
  const auto* values = static_cast<const T*>(step.values);
  const auto* positions = static_cast<const P*>(step.positions);
  ReductionState state = {};
  for (size_t s = 0; s < step.rule->states; ++s) state[s] = *step.state[s];
  for (int64_t i = 0; i < step.count; ++i) {
    step.rule->take(state, static_cast<double>(values[i]),
                    positions == nullptr ? 0 : static_cast<double>(positions[i]));
  }
  for (size_t s = 0; s < step.rule->states; ++s) *step.state[s] = state[s];
}

template <class T, class P>
void each_slowly(const FoldStep& step) {
  FoldStep one = step;
  one.count = 1;
  for (int64_t i = 0; i < step.count; ++i) {
    one.values = static_cast<const T*>(step.values) + i;
    if (step.positions != nullptr) one.positions = static_cast<const P*>(step.positions) + i;
    for (size_t s = 0; s < step.rule->states; ++s) one.state[s] = step.state[s] + i;
    one_slowly<T, P>(one);
  }
}

/// Calls body(vector, lanes that count) for the vectors of a tile. Four results of it go on side by side.
template <class T, class Combine, class Term>
HWY_INLINE hn::Vec<hn::ScalableTag<T>> fold_vectors(const T* from, int64_t count, T start,
                                                    const Combine& combine, const Term& term) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto a = hn::Set(d, start), b = a, c = a, e = a;
  int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = combine(a, term(hn::LoadU(d, from + i)));
    b = combine(b, term(hn::LoadU(d, from + i + lanes)));
    c = combine(c, term(hn::LoadU(d, from + i + 2 * lanes)));
    e = combine(e, term(hn::LoadU(d, from + i + 3 * lanes)));
  }
  for (; i + lanes <= count; i += lanes) a = combine(a, term(hn::LoadU(d, from + i)));
  if (i < count) {
    const auto rest = hn::FirstN(d, static_cast<size_t>(count - i));
    HWY_ALIGN T buffer[HWY_MAX_BYTES / sizeof(T)] = {};
    for (int64_t j = 0; i + j < count && j < lanes; ++j) buffer[j] = from[i + j];
    b = combine(b, hn::IfThenElse(rest, term(hn::Load(d, buffer)), hn::Set(d, start)));
  }
  return combine(combine(a, b), combine(c, e));
}

template <class T, class Term>
HWY_INLINE double sum_terms(const T* from, int64_t count, const Term& term) {
  const hn::ScalableTag<T> d;
  const auto sum = fold_vectors(
      from, count, T(0), [](auto x, auto y) HWY_ATTR { return hn::Add(x, y); }, term);
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
}

template <class T>
HWY_INLINE bool has_nan(const T* from, int64_t count) {
  const hn::ScalableTag<T> d;
  return sum_terms(from, count,
                   [&](auto x) HWY_ATTR { return hn::IfThenElseZero(hn::IsNaN(x), hn::Set(d, T(1))); }) > 0;
}

/// The greatest or the least; there is no NaN, which vectors may lose.
template <class T, bool kGreatest>
HWY_INLINE T furthest(const T* from, int64_t count) {
  const hn::ScalableTag<T> d;
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  const auto all = fold_vectors(
      from, count, kGreatest ? -kInfinity : kInfinity,
      [](auto x, auto y) HWY_ATTR { return kGreatest ? hn::Max(x, y) : hn::Min(x, y); },
      [](auto x) HWY_ATTR { return x; });
  return hn::GetLane(kGreatest ? hn::MaxOfLanes(d, all) : hn::MinOfLanes(d, all));
}

template <class T>
HWY_FLATTEN void sum_one(const FoldStep& step) {
  *step.state[0] +=
      sum_terms(static_cast<const T*>(step.values), step.count, [](auto x) HWY_ATTR { return x; });
}

template <class T>
HWY_FLATTEN void sum_each(const FoldStep& step) {
  const auto* from = static_cast<const T*>(step.values);
  double* HWY_RESTRICT to = step.state[0];
  for (int64_t i = 0; i < step.count; ++i) to[i] += static_cast<double>(from[i]);
}

template <class T, bool kGreatest>
HWY_FLATTEN void extreme_one(const FoldStep& step) {
  const auto* from = static_cast<const T*>(step.values);
  if (has_nan(from, step.count)) return one_slowly<T, hwy::MakeSigned<T>>(step);
  ReductionState state = {*step.state[0]};
  step.rule->take(state, static_cast<double>(furthest<T, kGreatest>(from, step.count)), 0);
  *step.state[0] = state[0];
}

template <class T>
HWY_FLATTEN void moments_one(const FoldStep& step) {
  const auto* from = static_cast<const T*>(step.values);
  const hn::ScalableTag<T> d;
  const auto points = static_cast<double>(step.count);
  // Deviations from about the mean, so that their squares lose nothing.
  const auto shift = static_cast<T>(sum_terms(from, step.count, [](auto x) HWY_ATTR { return x; }) / points);
  const auto by = hn::Set(d, shift);
  const double first = sum_terms(from, step.count, [&](auto x) HWY_ATTR { return hn::Sub(x, by); });
  const double second = sum_terms(from, step.count, [&](auto x) HWY_ATTR {
    const auto deviation = hn::Sub(x, by);
    return hn::Mul(deviation, deviation);
  });
  ReductionState state = {*step.state[0], *step.state[1], *step.state[2]};
  step.rule->join(state,
                  {static_cast<double>(shift) + first / points, second - first * first / points, points});
  for (size_t s = 0; s < 3; ++s) *step.state[s] = state[s];
}

template <class T>
HWY_FLATTEN void moments_each(const FoldStep& step) {
  const auto* from = static_cast<const T*>(step.values);
  double* HWY_RESTRICT mean = step.state[0];
  double* HWY_RESTRICT squares = step.state[1];
  double* HWY_RESTRICT points = step.state[2];
  for (int64_t i = 0; i < step.count; ++i) {
    const double deviation = static_cast<double>(from[i]) - mean[i];
    points[i] += 1;
    mean[i] += deviation / points[i];
    squares[i] += deviation * (static_cast<double>(from[i]) - mean[i]);
  }
}

template <class T>
HWY_FLATTEN void exponentials_one(const FoldStep& step) {
  const auto* from = static_cast<const T*>(step.values);
  const hn::ScalableTag<T> d;
  if (has_nan(from, step.count)) return one_slowly<T, hwy::MakeSigned<T>>(step);
  const T most = furthest<T, true>(from, step.count);
  // Logits that are masked out are minus infinity, often a whole tile of them.
  if (std::isinf(most)) return most > 0 ? one_slowly<T, hwy::MakeSigned<T>>(step) : void();
  const auto by = hn::Set(d, most);
  const double sum =
      sum_terms(from, step.count, [&](auto x) HWY_ATTR { return exponential(d, hn::Sub(x, by)); });
  ReductionState state = {*step.state[0], *step.state[1], 0};
  step.rule->join(state, {static_cast<double>(most), sum, 0});
  *step.state[0] = state[0];
  *step.state[1] = state[1];
}

struct Loops {
  std::string_view rule;
  FoldLoops f32;
  FoldLoops f64;
};

template <class T>
constexpr FoldLoops slowly() {
  using P = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  return {one_slowly<T, P>, each_slowly<T, P>};
}

/// Rules that are not here, and integers, go by the definition.
constexpr Loops kLoops[] = {
    {"sum", {sum_one<float>, sum_each<float>}, {sum_one<double>, sum_each<double>}},
    {"max",
     {extreme_one<float, true>, slowly<float>().side_by_side},
     {extreme_one<double, true>, slowly<double>().side_by_side}},
    {"min",
     {extreme_one<float, false>, slowly<float>().side_by_side},
     {extreme_one<double, false>, slowly<double>().side_by_side}},
    {"moments", {moments_one<float>, moments_each<float>}, {moments_one<double>, moments_each<double>}},
    {"max_exp_sum",
     {exponentials_one<float>, slowly<float>().side_by_side},
     {exponentials_one<double>, slowly<double>().side_by_side}},
};

FoldLoops find_loops(std::string_view rule, ScalarType type, bool wide) {
  if (type == ScalarType::integer) return wide ? slowly<int64_t>() : slowly<int32_t>();
  for (const Loops& row : kLoops) {
    if (row.rule == rule) return wide ? row.f64 : row.f32;
  }
  return wide ? slowly<double>() : slowly<float>();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {
HWY_EXPORT(find_loops);
}

FoldLoops find_fold_loops(const Reduction& rule, ScalarType type, bool wide) {
  return HWY_DYNAMIC_DISPATCH(find_loops)(rule.name, type, wide);
}

}  // namespace weft::kernels
#endif
