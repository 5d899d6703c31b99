#include "weft/kernels/cpu/gelu_vector.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/gelu_vector.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/gelu-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

HWY_FLATTEN void gelu_piece(const View& x, const View& out, bool tanh_form, int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto map = [&](bool form) HWY_ATTR {
      sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
        fetch_ahead(x.as<T>() + begin + j);
        const Floats v = load_floats(x.as<T>() + begin + j, count);
        store_floats(gelu_of(v, form), out.as<T>() + begin + j, count);
      });
    };
    // Apart, so that neither loop asks for the form.
    tanh_form ? map(true) : map(false);
  });
}

HWY_FLATTEN void slope_piece(const View& dy, const View& x, const View& dx, bool tanh_form, int64_t begin,
                             int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const auto map = [&](bool form) HWY_ATTR {
      sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
        fetch_ahead(x.as<T>() + begin + j);
        fetch_ahead(dy.as<T>() + begin + j);
        const Floats slope = gelu_slope_of(load_floats(x.as<T>() + begin + j, count), form);
        const Floats g = load_floats(dy.as<T>() + begin + j, count);
        store_floats(hn::Mul(g, slope), dx.as<T>() + begin + j, count);
      });
    };
    tanh_form ? map(true) : map(false);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {
HWY_EXPORT(gelu_piece);
HWY_EXPORT(slope_piece);
constexpr int64_t kGrain = 4096;
}  // namespace

void gelu_vector(const View& x, const View& out, bool tanh_form) {
  parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gelu_piece)(x, out, tanh_form, begin, end);
  });
}

void gelu_backward_vector(const View& dy, const View& x, const View& dx, bool tanh_form) {
  parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(slope_piece)(dy, x, dx, tanh_form, begin, end);
  });
}

}  // namespace weft::kernels
#endif
