#include "weft/kernels/differences.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/differences.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/pieces.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// x - target; 0 where the target is NaN, which does not count.
template <class T>
HWY_ATTR Floats difference(const T* x, const T* target, int64_t count) {
  const Floats t = load_floats(target, count);
  return hn::IfThenElseZero(hn::Eq(t, t), hn::Sub(load_floats(x, count), t));
}

/// Sum of squared differences of [begin, end), in blocks short enough for f32.
HWY_FLATTEN double squared_differences(const View& x, const View& target, int64_t begin, int64_t end) {
  double total = 0;
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t at = begin; at < end; at += kElemsInFloat) {
      Floats sum = constant(0);
      sweep(std::min(kElemsInFloat, end - at), [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats v = difference(x.as<T>() + at + j, target.as<T>() + at + j, count);
        sum = hn::MulAdd(v, v, sum);
      });
      total += static_cast<double>(sum_of_lanes(sum));
    }
  });
  return total;
}

HWY_FLATTEN void scaled_differences(const View& x, const View& target, float factor, const View& dx,
                                    int64_t begin, int64_t end) {
  const Floats by = hn::Set(Lanes(), factor);
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
      const int64_t i = begin + j;
      const Floats v = difference(x.as<T>() + i, target.as<T>() + i, count);
      store_floats(hn::Mul(by, v), dx.as<T>() + i, count);
    });
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(squared_differences);
HWY_EXPORT(scaled_differences);

}  // namespace

void sum_squared_differences(const View& x, const View& target, double factor, const View& out) {
  WEFT_CHECK(x.type == target.type, "differences of {} and {}", to_string(x.type), to_string(target.type));
  const double sum = sum_of_pieces(x.elems(), [&](int64_t begin, int64_t end) {
    return HWY_DYNAMIC_DISPATCH(squared_differences)(x, target, begin, end);
  });
  *out.as<float>() = static_cast<float>(factor * sum);
}

void scale_differences(const View& x, const View& target, const View& by, double factor, const View& out) {
  WEFT_CHECK(x.type == target.type, "differences of {} and {}", to_string(x.type), to_string(target.type));
  const auto product = static_cast<float>(factor * static_cast<double>(*by.as<float>()));
  parallel_for(x.elems(), kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(scaled_differences)(x, target, product, out, begin, end);
  });
}

}  // namespace weft::kernels
#endif
