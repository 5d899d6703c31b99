#include "weft/kernels/pooling.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/pooling.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cstring>
#include <limits>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/pool_geometry.h"
#include "weft/kernels/pooling_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Calls step(element) for each position of the box in row-major order.
template <class Step>
HWY_INLINE void each_position(const PoolGeometry& g, const WindowBox& box, const Step& step) {
  for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
    for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
      for (int64_t c = box.begin[2]; c < box.end[2]; ++c) step(g.element(a, b, c));
    }
  }
}

/// Windows [begin, end), counted over all samples.
HWY_FLATTEN void max_windows(const View& x, const PoolGeometry& g, const View& y, int64_t begin,
                             int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t w = begin; w < end; ++w) {
      const WindowBox box = g.box(w % g.windows());
      const T* in = x.as<T>() + w / g.windows() * g.in_elems();
      sweep(g.channels, [&](int64_t j, int64_t count) HWY_ATTR {
        Floats top = hn::Set(Lanes(), -std::numeric_limits<float>::infinity());
        each_position(g, box, [&](int64_t at) HWY_ATTR {
          const Floats v = load_floats(in + at + j, count);
          top = hn::IfThenElse(hn::Or(hn::Gt(v, top), hn::IsNaN(v)), v, top);
        });
        store_floats(top, y.as<T>() + w * g.channels + j, count);
      });
    }
  });
}

HWY_FLATTEN void average_windows(const View& x, const PoolGeometry& g, const View& y, int64_t begin,
                                 int64_t end) {
  const Floats share = constant(1.0 / static_cast<double>(g.window_elems()));
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t w = begin; w < end; ++w) {
      const WindowBox box = g.box(w % g.windows());
      const T* in = x.as<T>() + w / g.windows() * g.in_elems();
      sweep(g.channels, [&](int64_t j, int64_t count) HWY_ATTR {
        Floats sum = constant(0);
        each_position(g, box,
                      [&](int64_t at) HWY_ATTR { sum = hn::Add(sum, load_floats(in + at + j, count)); });
        store_floats(hn::Mul(sum, share), y.as<T>() + w * g.channels + j, count);
      });
    }
  });
}

/// Channels [begin, end) of one sample, whose part of dx is zero so far.
HWY_FLATTEN void spread_max(const View& dy, const View& x, const PoolGeometry& g, const View& dx,
                            int64_t sample, int64_t begin, int64_t end) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    const T* in = x.as<T>() + sample * g.in_elems() + begin;
    T* out = dx.as<T>() + sample * g.in_elems() + begin;
    for (int64_t w = 0; w < g.windows(); ++w) {
      const WindowBox box = g.box(w);
      const T* grad = dy.as<T>() + sample * g.out_elems() + w * g.channels + begin;
      sweep(end - begin, [&](int64_t j, int64_t count) HWY_ATTR {
        // Number of the first greatest position; the first one starts as the best, so that a window without a
        // greater one (all minus infinity) still has one. NaN is above every number.
        Floats top = constant(0), winner = constant(0);
        float number = 0;
        each_position(g, box, [&](int64_t at) HWY_ATTR {
          const Floats v = load_floats(in + at + j, count);
          if (number == 0) top = v;
          const auto greater = hn::Or(hn::Gt(v, top), hn::AndNot(hn::IsNaN(top), hn::IsNaN(v)));
          top = hn::IfThenElse(greater, v, top);
          winner = hn::IfThenElse(greater, hn::Set(Lanes(), number), winner);
          ++number;
        });
        const Floats slope = load_floats(grad + j, count);
        number = 0;
        each_position(g, box, [&](int64_t at) HWY_ATTR {
          const auto won = hn::Eq(winner, hn::Set(Lanes(), number));
          const Floats old = load_floats(out + at + j, count);
          store_floats(hn::Add(old, hn::IfThenElseZero(won, slope)), out + at + j, count);
          ++number;
        });
      });
    }
  });
}

/// Positions [begin, end) of dx, counted over all samples.
HWY_FLATTEN void gather_average(const View& dy, const PoolGeometry& g, const View& dx, int64_t begin,
                                int64_t end) {
  const Floats share = constant(1.0 / static_cast<double>(g.window_elems()));
  with_lane_type(dx.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t p = begin; p < end; ++p) {
      const WindowBox box = g.windows_over(p % g.in_positions());
      const T* grad = dy.as<T>() + p / g.in_positions() * g.out_elems();
      sweep(g.channels, [&](int64_t j, int64_t count) HWY_ATTR {
        Floats sum = constant(0);
        for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
          for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
            for (int64_t c = box.begin[2]; c < box.end[2]; ++c) {
              const int64_t window = (a * g.out[1] + b) * g.out[2] + c;
              sum = hn::Add(sum, load_floats(grad + window * g.channels + j, count));
            }
          }
        }
        store_floats(hn::Mul(sum, share), dx.as<T>() + p * g.channels + j, count);
      });
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(max_windows);
HWY_EXPORT(average_windows);
HWY_EXPORT(spread_max);
HWY_EXPORT(gather_average);

constexpr int64_t kChannelsAtOnce = 64;

int64_t windows_at_once(const PoolGeometry& g) { return 1 + 8192 / (1 + g.channels * g.window_elems()); }

/// Sets a sample's channels of dx to zero and calls spread(sample, begin, end), in parallel: windows overlap
/// within a sample, but neither samples nor channels share an element.
template <class Spread>
void spread_gradient(const PoolGeometry& g, const View& dx, const Spread& spread) {
  const int64_t blocks = (g.channels + kChannelsAtOnce - 1) / kChannelsAtOnce;
  const int64_t size = bytes_of(dx.type.dtype);
  parallel_for(g.batch * blocks, 1, [&](int64_t first, int64_t last) {
    for (int64_t unit = first; unit < last; ++unit) {
      const int64_t sample = unit / blocks;
      const int64_t begin = unit % blocks * kChannelsAtOnce;
      const int64_t end = std::min(g.channels, begin + kChannelsAtOnce);
      for (int64_t p = 0; p < g.in_positions(); ++p) {
        std::memset(dx.data + (sample * g.in_elems() + p * g.channels + begin) * size, 0,
                    static_cast<size_t>((end - begin) * size));
      }
      spread(sample, begin, end);
    }
  });
}

}  // namespace

void max_pool(const View& x, const Window& window, const View& y) {
  if (x.type.dtype == DType::f64) return naive::max_pool(x, window, y);
  const PoolGeometry g(x.type.shape, y.type.shape, window);
  parallel_for(g.batch * g.windows(), windows_at_once(g), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(max_windows)(x, g, y, begin, end);
  });
}

void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx) {
  if (x.type.dtype == DType::f64) return naive::max_pool_backward(dy, x, window, dx);
  const PoolGeometry g(x.type.shape, dy.type.shape, window);
  spread_gradient(g, dx, [&](int64_t sample, int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(spread_max)(dy, x, g, dx, sample, begin, end);
  });
}

void average_pool(const View& x, const Window& window, const View& y) {
  if (x.type.dtype == DType::f64) return naive::average_pool(x, window, y);
  const PoolGeometry g(x.type.shape, y.type.shape, window);
  parallel_for(g.batch * g.windows(), windows_at_once(g), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(average_windows)(x, g, y, begin, end);
  });
}

void average_pool_backward(const View& dy, const Window& window, const View& dx) {
  if (dx.type.dtype == DType::f64) return naive::average_pool_backward(dy, window, dx);
  const PoolGeometry g(dx.type.shape, dy.type.shape, window);
  parallel_for(g.batch * g.in_positions(), windows_at_once(g), [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gather_average)(dy, g, dx, begin, end);
  });
}

}  // namespace weft::kernels
#endif
