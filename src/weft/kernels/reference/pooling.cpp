#include "weft/kernels/pooling_naive.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/pool_geometry.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/kernels/window_shapes.h"
#include "weft/ops/window/average_pool.h"
#include "weft/ops/window/max_pool.h"
#include "weft/ops/window/max_pool_backward.h"
#include "weft/tensor/box_copy.h"

namespace weft::kernels::naive {

namespace {

/// Calls body(element of the sample) for each position of x in window o, in row-major order.
template <class Body>
void positions(const PoolGeometry& g, int64_t o, const Body& body) {
  const WindowBox box = g.box(o);
  for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
    for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
      for (int64_t c = box.begin[2]; c < box.end[2]; ++c) body(g.element(a, b, c));
    }
  }
}

/// Calls body(window) for each window of a sample that covers position `p`, in row-major order.
template <class Body>
void windows_over(const PoolGeometry& g, int64_t p, const Body& body) {
  const WindowBox box = g.windows_over(p);
  for (int64_t a = box.begin[0]; a < box.end[0]; ++a) {
    for (int64_t b = box.begin[1]; b < box.end[1]; ++b) {
      for (int64_t c = box.begin[2]; c < box.end[2]; ++c) body((a * g.out[1] + b) * g.out[2] + c);
    }
  }
}

/// Calls body(sample, number of the window in it), samples in parallel.
template <class Body>
void each_window(const PoolGeometry& g, const Body& body) {
  parallel_for(g.batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      for (int64_t o = 0; o < g.windows(); ++o) body(n, o);
    }
  });
}

/// Whether `value` takes the place of `top`: NaN is above every number.
template <class C>
bool above(C value, C top) {
  return value > top || (std::isnan(value) && !std::isnan(top));
}

}  // namespace

void max_pool(const View& x, const Window& window, const View& y) {
  const PoolGeometry g(x.type.shape, y.type.shape, window);
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    each_window(g, [&](int64_t n, int64_t o) {
      const int64_t to = o * g.channels;
      T* out = y.as<T>() + n * g.out_elems() + to;
      const T* in = x.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) store(out, c, -std::numeric_limits<C>::infinity());
      positions(g, o, [&](int64_t at) {
        for (int64_t c = 0; c < g.channels; ++c) {
          if (above(load(in, at + c), load(out, c))) out[c] = in[at + c];
        }
      });
    });
  });
}

void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx) {
  const PoolGeometry g(x.type.shape, dy.type.shape, window);
  if (dx.bytes() > 0) std::memset(dx.data, 0, static_cast<size_t>(dx.bytes()));
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    each_window(g, [&](int64_t n, int64_t o) {
      const int64_t from = o * g.channels;
      const T* in = x.as<T>() + n * g.in_elems();
      T* out = dx.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) {
        int64_t best = -1;
        positions(g, o, [&](int64_t at) {
          if (best < 0 || above(load(in, at + c), load(in, best))) best = at + c;
        });
        if (best >= 0) store(out, best, load(out, best) + load(dy.as<T>() + n * g.out_elems(), from + c));
      }
    });
  });
}

void average_pool(const View& x, const Window& window, const View& y) {
  const PoolGeometry g(x.type.shape, y.type.shape, window);
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    each_window(g, [&](int64_t n, int64_t o) {
      const int64_t to = o * g.channels;
      const T* in = x.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) {
        C sum = 0;
        positions(g, o, [&](int64_t at) { sum += load(in, at + c); });
        store(y.as<T>() + n * g.out_elems() + to, c, sum / static_cast<C>(g.window_elems()));
      }
    });
  });
}

void average_pool_backward(const View& dy, const Window& window, const View& dx) {
  const PoolGeometry g(dx.type.shape, dy.type.shape, window);
  with_floating(dx.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(g.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const T* in = dy.as<T>() + n * g.out_elems();
        for (int64_t p = 0; p < g.in_positions(); ++p) {
          for (int64_t c = 0; c < g.channels; ++c) {
            C sum = 0;
            windows_over(g, p, [&](int64_t o) { sum += load(in, o * g.channels + c); });
            store(dx.as<T>() + n * g.in_elems(), p * g.channels + c, sum / static_cast<C>(g.window_elems()));
          }
        }
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

/// The gradient of all of x, and what of it lies in dx.
Kernel bind_max_backward(const MaxPoolBackward& op, const BindRequest& request) {
  const BoxCopy crop(op.x_region, op.dx_region, intersect(op.x_region, op.dx_region), DType::f64);
  // Shared, because std::function copies.
  const auto memory = std::make_shared<std::vector<double>>(static_cast<size_t>(request.inputs[1].elems()));
  const auto run = [window = kernels::pooling_window(op.geometry), crop, memory,
                    x = widened(request.inputs[1])](const KernelContext& context) {
    const View whole{reinterpret_cast<std::byte*>(memory->data()), x};
    const View& dx = context.outputs[0];
    kernels::naive::max_pool_backward(context.inputs[0], context.inputs[1], window, whole);
    std::fill_n(dx.as<double>(), dx.elems(), 0.0);
    crop.run(whole.data, dx.data);
  };
  return in_f64(request, run);
}

}  // namespace

void register_pooling(Device& device) {
  device.add<MaxPool>([](const MaxPool& op, const BindRequest& request) {
    return in_f64(request, [window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::naive::max_pool(context.inputs[0], window, context.outputs[0]);
    });
  });
  device.add<MaxPoolBackward>(bind_max_backward);
  device.add<AveragePool>([](const AveragePool& op, const BindRequest& request) {
    return in_f64(request, [window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::naive::average_pool(context.inputs[0], window, context.outputs[0]);
    });
  });
  device.add<AveragePoolBackward>([](const AveragePoolBackward& op, const BindRequest& request) {
    return in_f64(request, [window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::naive::average_pool_backward(context.inputs[0], window, context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
