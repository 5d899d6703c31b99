#include "weft/kernels/elementwise_naive.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/add.h"
#include "weft/ops/add_n.h"
#include "weft/ops/cast.h"
#include "weft/ops/fill.h"
#include "weft/ops/multiply.h"
#include "weft/ops/relu.h"
#include "weft/ops/scale.h"
#include "weft/ops/tanh.h"

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

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

/// An op without attributes, whose definition is a function of views.
template <class O>
void add_unary(Device& device, void (*kernel)(const View&, const View&)) {
  device.add<O>([kernel](const O&, const BindRequest& request) {
    return in_f64(request,
                  [kernel](const KernelContext& context) { kernel(context.inputs[0], context.outputs[0]); });
  });
}
template <class O>
void add_binary(Device& device, void (*kernel)(const View&, const View&, const View&)) {
  device.add<O>([kernel](const O&, const BindRequest& request) {
    return in_f64(request, [kernel](const KernelContext& context) {
      kernel(context.inputs[0], context.inputs[1], context.outputs[0]);
    });
  });
}

Kernel bind_fill(const Fill& op, const BindRequest& request) {
  WEFT_CHECK(is_floating(op.type.dtype), "fill of {}", to_string(op.type));
  return in_f64(request, [value = op.value](const KernelContext& context) {
    std::fill_n(context.outputs[0].as<double>(), context.outputs[0].elems(), value);
  });
}

}  // namespace

void register_elementwise(Device& device) {
  add_binary<Add>(device, kernels::naive::add);
  device.add<AddN>([](const AddN&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::add_n(context.inputs, context.outputs[0]);
    });
  });
  add_binary<Multiply>(device, kernels::naive::multiply);
  device.add<Scale>([](const Scale& op, const BindRequest& request) {
    return in_f64(request, [factor = op.factor](const KernelContext& context) {
      kernels::naive::scale(context.inputs[0], factor, context.outputs[0]);
    });
  });
  add_unary<Cast>(device, kernels::naive::cast);
  device.add<Fill>(bind_fill);
  add_unary<Relu>(device, kernels::naive::relu);
  add_binary<ReluBackward>(device, kernels::naive::relu_backward);
  add_unary<Tanh>(device, kernels::naive::tanh);
  add_binary<TanhBackward>(device, kernels::naive::tanh_backward);
}

}  // namespace weft::reference
