#include "weft/kernels/elementwise_naive.h"

#include <cmath>
#include <numbers>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::kernels::naive {

namespace {

constexpr int64_t kGrain = 8192;

template <class A, class B, class F>
void binary(const View& a, const View& b, const View& out, F&& f) {
  const A* pa = a.as<A>();
  const B* pb = b.as<B>();
  A* po = out.as<A>();
  const int64_t period = b.elems();
  if (a.elems() == 0) return;
  WEFT_CHECK(period > 0 && a.elems() % period == 0, "{} elements beside {}", period, a.elems());
  parallel_for(a.elems() / period, std::max<int64_t>(1, kGrain / period), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t j = 0; j < period; ++j) {
        const int64_t i = row * period + j;
        store(po, i, f(load(pa, i), static_cast<Compute<A>>(load(pb, j))));
      }
    }
  });
}

/// Same-shape operands are one row: they are split by elements, not by rows.
template <class A, class B, class F>
void binary_split(const View& a, const View& b, const View& out, F&& f) {
  if (a.elems() != b.elems()) return binary<A, B>(a, b, out, f);
  const A* pa = a.as<A>();
  const B* pb = b.as<B>();
  A* po = out.as<A>();
  parallel_for(a.elems(), kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) store(po, i, f(load(pa, i), static_cast<Compute<A>>(load(pb, i))));
  });
}

template <class F>
void binary_any(const View& a, const View& b, const View& out, F&& f) {
  with_floating(a.type.dtype, [&](auto ta) {
    with_floating(b.type.dtype, [&](auto tb) { binary_split<decltype(ta), decltype(tb)>(a, b, out, f); });
  });
}

template <class F>
void unary(const View& x, const View& out, F&& f) {
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    const T* in = x.as<T>();
    T* to = out.as<T>();
    parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) store(to, i, f(load(in, i)));
    });
  });
}

constexpr double kRootTwoOverPi = 0.7978845608028654;
constexpr double kCubic = 0.044715;

template <class C>
C gelu_of(C x, bool tanh_form) {
  if (tanh_form) return C(0.5) * x * (C(1) + std::tanh(C(kRootTwoOverPi) * (x + C(kCubic) * x * x * x)));
  return C(0.5) * x * (C(1) + std::erf(x * C(std::numbers::sqrt2 / 2)));
}

template <class C>
C gelu_slope(C x, bool tanh_form) {
  if (tanh_form) {
    const C t = std::tanh(C(kRootTwoOverPi) * (x + C(kCubic) * x * x * x));
    return C(0.5) * (C(1) + t) +
           C(0.5) * x * (C(1) - t * t) * C(kRootTwoOverPi) * (C(1) + C(3 * kCubic) * x * x);
  }
  const C density = std::exp(C(-0.5) * x * x) * C(std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2);
  return C(0.5) * (C(1) + std::erf(x * C(std::numbers::sqrt2 / 2))) + x * density;
}

/// Sum of f(x) over all elements: one double a piece, added in order.
template <class F>
double total(const View& x, F&& f) {
  double sum = 0;
  with_floating(x.type.dtype, [&](auto t) {
    const auto* in = x.as<decltype(t)>();
    sum = sum_of_pieces(x.elems(), [&](int64_t begin, int64_t end) {
      double part = 0;
      for (int64_t i = begin; i < end; ++i) part += f(static_cast<double>(load(in, i)));
      return part;
    });
  });
  return sum;
}

void store_scalar(const View& out, double value) {
  with_floating(out.type.dtype,
                [&](auto t) { store(out.as<decltype(t)>(), 0, Compute<decltype(t)>(value)); });
}

}  // namespace

void add(const View& a, const View& b, const View& out) {
  binary_any(a, b, out, [](auto x, auto y) { return x + y; });
}

void multiply(const View& a, const View& b, const View& out) {
  binary_any(a, b, out, [](auto x, auto y) { return x * y; });
}

void add_n(std::span<const View> in, const View& out) {
  with_floating(out.type.dtype, [&](auto t) {
    using T = decltype(t);
    parallel_for(out.elems(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        Compute<T> sum = 0;
        for (const View& view : in) sum += load(view.as<T>(), i);
        store(out.as<T>(), i, sum);
      }
    });
  });
}

void scale(const View& x, double factor, const View& out) {
  unary(x, out, [factor](auto v) { return v * static_cast<decltype(v)>(factor); });
}

void cast(const View& x, const View& out) {
  with_floating(x.type.dtype, [&](auto from) {
    with_floating(out.type.dtype, [&](auto to) {
      const auto* in = x.as<decltype(from)>();
      using To = decltype(to);
      parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) store(out.as<To>(), i, static_cast<Compute<To>>(load(in, i)));
      });
    });
  });
}

void relu(const View& x, const View& out) {
  unary(x, out, [](auto v) { return v > 0 ? v : decltype(v)(0); });
}

void relu_backward(const View& dy, const View& y, const View& dx) {
  binary_any(dy, y, dx, [](auto g, auto v) { return v > 0 ? g : decltype(g)(0); });
}

void tanh(const View& x, const View& out) {
  unary(x, out, [](auto v) { return std::tanh(v); });
}

void tanh_backward(const View& dy, const View& y, const View& dx) {
  binary_any(dy, y, dx, [](auto g, auto v) { return g * (1 - v * v); });
}

void gelu(const View& x, const View& out, bool tanh_form) {
  unary(x, out, [tanh_form](auto v) { return gelu_of(v, tanh_form); });
}

void gelu_backward(const View& dy, const View& x, const View& dx, bool tanh_form) {
  binary_any(dy, x, dx, [tanh_form](auto g, auto v) { return g * gelu_slope(v, tanh_form); });
}

void column_sum(const View& x, const View& out) {
  const int64_t n = out.elems();
  if (n == 0) return;
  const int64_t rows = x.elems() / n;
  with_floating(x.type.dtype, [&](auto t) {
    const auto* in = x.as<decltype(t)>();
    with_floating(out.type.dtype, [&](auto s) {
      auto* to = out.as<decltype(s)>();
      parallel_for(n, 64, [&](int64_t begin, int64_t end) {
        for (int64_t j = begin; j < end; ++j) store(to, j, 0);
        for (int64_t row = 0; row < rows; ++row) {
          for (int64_t j = begin; j < end; ++j) {
            store(to, j, load(to, j) + static_cast<Compute<decltype(s)>>(load(in, row * n + j)));
          }
        }
      });
    });
  });
}

void sum_squares(const View& x, const View& out) {
  store_scalar(out, total(x, [](double v) { return v * v; }));
}

void reduce_sum(const View& x, const View& out, double factor) {
  store_scalar(out, factor * total(x, [](double v) { return v; }));
}

}  // namespace weft::kernels::naive
