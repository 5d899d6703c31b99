#include "weft/kernels/mse_naive.h"

#include <cmath>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/mse.h"

namespace weft::kernels::naive {

namespace {

/// x - target; 0 where the target is NaN, which does not count.
template <class C>
C difference(C x, C target) {
  return std::isnan(target) ? C{0} : x - target;
}

}  // namespace

void mse(const View& x, const View& target, double scale, const View& out) {
  double sum = 0;
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    for (int64_t i = 0; i < x.elems(); ++i) {
      const double v =
          difference(static_cast<double>(load(x.as<T>(), i)), static_cast<double>(load(target.as<T>(), i)));
      sum += v * v;
    }
  });
  with_floating(out.type.dtype, [&](auto s) {
    store(out.as<decltype(s)>(), 0, static_cast<Compute<decltype(s)>>(scale * sum));
  });
}

void mse_backward(const View& x, const View& target, const View& dloss, double scale, const View& dx) {
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    const C factor = static_cast<C>(2 * scale) * dloss.as<C>()[0];
    parallel_for(x.elems(), 8192, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        store(dx.as<T>(), i, factor * difference<C>(load(x.as<T>(), i), load(target.as<T>(), i)));
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_mse(Device& device) {
  device.add<Mse>([](const Mse& op, const BindRequest& request) {
    return in_f64(request, [scale = op.scale](const KernelContext& context) {
      kernels::naive::mse(context.inputs[0], context.inputs[1], scale, context.outputs[0]);
    });
  });
  device.add<MseBackward>([](const MseBackward& op, const BindRequest& request) {
    return in_f64(request, [scale = op.scale](const KernelContext& context) {
      kernels::naive::mse_backward(context.inputs[1], context.inputs[2], context.inputs[0], scale,
                                   context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
