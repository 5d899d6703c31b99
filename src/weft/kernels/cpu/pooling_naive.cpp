#include "weft/kernels/pooling_naive.h"

#include <cstring>
#include <limits>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::kernels::naive {

namespace {

/// Sizes as three spatial dimensions: missing ones are 1, at the front.
struct Geometry {
  int64_t batch, channels;
  int64_t in[3] = {1, 1, 1}, out[3] = {1, 1, 1}, kernel[3] = {1, 1, 1}, stride[3] = {1, 1, 1},
          pad[3] = {0, 0, 0};

  Geometry(const Dims& x, const Dims& y, const Window& window) : batch(x.front()), channels(x.back()) {
    const size_t spatial = window.kernel.size();
    WEFT_CHECK(spatial <= 3 && x.size() == spatial + 2 && y.size() == x.size(), "pooling of {}",
               to_string(x));
    for (size_t d = 0; d < spatial; ++d) {
      const size_t at = 3 - spatial + d;
      in[at] = x[d + 1];
      out[at] = y[d + 1];
      kernel[at] = window.kernel[d];
      stride[at] = window.stride[d];
      pad[at] = window.pad_low[d];
    }
  }
  int64_t in_elems() const { return in[0] * in[1] * in[2] * channels; }
  int64_t out_elems() const { return out[0] * out[1] * out[2] * channels; }
  int64_t window_elems() const { return kernel[0] * kernel[1] * kernel[2]; }

  /// Calls body(offset of the window's position in a sample) for each position of window (o0, o1, o2) within
  /// x, in row-major order.
  template <class Body>
  void positions(int64_t o0, int64_t o1, int64_t o2, Body&& body) const {
    const int64_t start[3] = {o0 * stride[0] - pad[0], o1 * stride[1] - pad[1], o2 * stride[2] - pad[2]};
    for (int64_t a = std::max<int64_t>(0, start[0]); a < std::min(in[0], start[0] + kernel[0]); ++a) {
      for (int64_t b = std::max<int64_t>(0, start[1]); b < std::min(in[1], start[1] + kernel[1]); ++b) {
        for (int64_t c = std::max<int64_t>(0, start[2]); c < std::min(in[2], start[2] + kernel[2]); ++c) {
          body(((a * in[1] + b) * in[2] + c) * channels);
        }
      }
    }
  }

  /// Calls body(sample, window offset in y, o0, o1, o2), samples in parallel.
  template <class Body>
  void windows(Body&& body) const {
    parallel_for(batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        for (int64_t o = 0; o < out[0] * out[1] * out[2]; ++o) {
          body(n, o * channels, o / (out[1] * out[2]), o / out[2] % out[1], o % out[2]);
        }
      }
    });
  }
};

}  // namespace

void max_pool(const View& x, const Window& window, const View& y) {
  const Geometry g(x.type.shape, y.type.shape, window);
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    g.windows([&](int64_t n, int64_t to, int64_t o0, int64_t o1, int64_t o2) {
      T* out = y.as<T>() + n * g.out_elems() + to;
      const T* in = x.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) store(out, c, std::numeric_limits<C>::lowest());
      g.positions(o0, o1, o2, [&](int64_t at) {
        for (int64_t c = 0; c < g.channels; ++c) store(out, c, std::max(load(out, c), load(in, at + c)));
      });
    });
  });
}

void max_pool_backward(const View& dy, const View& x, const Window& window, const View& dx) {
  const Geometry g(x.type.shape, dy.type.shape, window);
  std::memset(dx.data, 0, static_cast<size_t>(dx.bytes()));
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    g.windows([&](int64_t n, int64_t from, int64_t o0, int64_t o1, int64_t o2) {
      const T* in = x.as<T>() + n * g.in_elems();
      T* out = dx.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) {
        int64_t best = -1;
        g.positions(o0, o1, o2, [&](int64_t at) {
          if (best < 0 || load(in, at + c) > load(in, best)) best = at + c;
        });
        if (best >= 0) store(out, best, load(out, best) + load(dy.as<T>() + n * g.out_elems(), from + c));
      }
    });
  });
}

void average_pool(const View& x, const Window& window, const View& y) {
  const Geometry g(x.type.shape, y.type.shape, window);
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    g.windows([&](int64_t n, int64_t to, int64_t o0, int64_t o1, int64_t o2) {
      const T* in = x.as<T>() + n * g.in_elems();
      for (int64_t c = 0; c < g.channels; ++c) {
        C sum = 0;
        g.positions(o0, o1, o2, [&](int64_t at) { sum += load(in, at + c); });
        store(y.as<T>() + n * g.out_elems() + to, c, sum / static_cast<C>(g.window_elems()));
      }
    });
  });
}

void average_pool_backward(const View& dy, const Window& window, const View& dx) {
  const Geometry g(dx.type.shape, dy.type.shape, window);
  std::memset(dx.data, 0, static_cast<size_t>(dx.bytes()));
  with_floating(dx.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    g.windows([&](int64_t n, int64_t from, int64_t o0, int64_t o1, int64_t o2) {
      T* out = dx.as<T>() + n * g.in_elems();
      g.positions(o0, o1, o2, [&](int64_t at) {
        for (int64_t c = 0; c < g.channels; ++c) {
          const C part = load(dy.as<T>() + n * g.out_elems(), from + c) / static_cast<C>(g.window_elems());
          store(out, at + c, load(out, at + c) + part);
        }
      });
    });
  });
}

}  // namespace weft::kernels::naive
