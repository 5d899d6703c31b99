// src/weft/kernels/cpu/softmax.cpp of commit 81cde10, without f64.
#include "bench/retired/softmax.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/retired/softmax.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <limits>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::retired {
using namespace kernels;  // NOLINT(google-build-using-namespace): as it was
namespace HWY_NAMESPACE {
using namespace kernels::HWY_NAMESPACE;  // NOLINT(google-build-using-namespace): as it was
namespace hn = hwy::HWY_NAMESPACE;

namespace {

template <class T>
HWY_INLINE void softmax_row(const T* x, int64_t n, T* y) {
  constexpr float kLowest = -std::numeric_limits<float>::infinity();
  Floats greatest = hn::Set(Lanes(), kLowest);
  sweep(n, [&](int64_t j, int64_t count)
               HWY_ATTR { greatest = hn::Max(greatest, load_floats(x + j, count, kLowest)); });
  const Floats top = hn::MaxOfLanes(Lanes(), greatest);
  Floats sum = constant(0);
  sweep(n, [&](int64_t j, int64_t count)
               HWY_ATTR { sum = hn::Add(sum, exp_of(hn::Sub(load_floats(x + j, count, kLowest), top))); });
  const Floats inverse = hn::Set(Lanes(), 1 / sum_of_lanes(sum));
  // The exponentials are taken again, not kept in y: there they would be rounded twice.
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats e = exp_of(hn::Sub(load_floats(x + j, count), top));
    store_floats(hn::Mul(e, inverse), y + j, count);
  });
}

template <class T>
HWY_INLINE void gradient_row(const T* dy, const T* y, int64_t n, T* dx) {
  Floats products = constant(0);
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    products = hn::MulAdd(load_floats(dy + j, count), load_floats(y + j, count), products);
  });
  const Floats dot = hn::Set(Lanes(), sum_of_lanes(products));
  sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
    const Floats centered = hn::Sub(load_floats(dy + j, count), dot);
    store_floats(hn::Mul(load_floats(y + j, count), centered), dx + j, count);
  });
}

HWY_FLATTEN void softmax_rows(const View& x, const View& y, int64_t n, int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) softmax_row(x.as<T>() + row * n, n, y.as<T>() + row * n);
  });
}

HWY_FLATTEN void softmax_gradient_rows(const View& dy, const View& y, const View& dx, int64_t n,
                                       int64_t begin, int64_t end) {
  with_lane_type(y.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t row = begin; row < end; ++row) {
      gradient_row(dy.as<T>() + row * n, y.as<T>() + row * n, n, dx.as<T>() + row * n);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::retired
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::retired {

namespace {

HWY_EXPORT(softmax_rows);
HWY_EXPORT(softmax_gradient_rows);

/// Rows of one piece: about 4 thousand elements, so that a piece outweighs starting it.
int64_t rows_at_once(int64_t width) { return 1 + 4096 / (1 + width); }

}  // namespace

void softmax(const View& x, const View& y) {
  if (x.elems() == 0) return;
  const int64_t n = x.type.shape.back();
  parallel_for(x.elems() / n, rows_at_once(n), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(softmax_rows)(x, y, n, begin, end);
  });
}

void softmax_backward(const View& dy, const View& y, const View& dx) {
  if (y.elems() == 0) return;
  const int64_t n = y.type.shape.back();
  parallel_for(y.elems() / n, rows_at_once(n), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(softmax_gradient_rows)(dy, y, dx, n, begin, end);
  });
}

}  // namespace weft::retired
#endif
