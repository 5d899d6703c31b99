#include "weft/kernels/softmax_naive.h"

#include <algorithm>
#include <cmath>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/softmax.h"

namespace weft::kernels::naive {

void softmax(const View& x, const View& y) {
  if (x.elems() == 0) return;
  const int64_t n = x.type.shape.back();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(x.elems() / n, 4, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = x.as<T>() + row * n;
        C top = load(in, 0);
        for (int64_t j = 1; j < n; ++j) top = std::max(top, load(in, j));
        C sum = 0;
        for (int64_t j = 0; j < n; ++j) sum += std::exp(load(in, j) - top);
        for (int64_t j = 0; j < n; ++j) store(y.as<T>() + row * n, j, std::exp(load(in, j) - top) / sum);
      }
    });
  });
}

void softmax_backward(const View& dy, const View& y, const View& dx) {
  if (y.elems() == 0) return;
  const int64_t n = y.type.shape.back();
  with_floating(y.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(y.elems() / n, 4, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* out = y.as<T>() + row * n;
        const T* grad = dy.as<T>() + row * n;
        C dot = 0;
        for (int64_t j = 0; j < n; ++j) dot += load(out, j) * load(grad, j);
        for (int64_t j = 0; j < n; ++j) store(dx.as<T>() + row * n, j, load(out, j) * (load(grad, j) - dot));
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_softmax(Device& device) {
  device.add<Softmax>([](const Softmax&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::softmax(context.inputs[0], context.outputs[0]);
    });
  });
  device.add<SoftmaxBackward>([](const SoftmaxBackward&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::softmax_backward(context.inputs[0], context.inputs[1], context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
