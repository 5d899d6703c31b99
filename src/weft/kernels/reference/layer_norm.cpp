#include "weft/kernels/layer_norm_naive.h"

#include <cmath>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/layer_norm.h"
#include "weft/ops/layer_norm_backward.h"

namespace weft::kernels::naive {

void layer_norm(const View& x, const View& gamma, const View& beta, const View& y, const View& mean,
                const View& rstd, double epsilon) {
  const int64_t n = gamma.elems();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(mean.elems(), 4, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = x.as<T>() + row * n;
        C sum = 0;
        for (int64_t j = 0; j < n; ++j) sum += load(in, j);
        const C center = sum / C(n);
        C square = 0;
        for (int64_t j = 0; j < n; ++j) square += (load(in, j) - center) * (load(in, j) - center);
        const C scale = C(1) / std::sqrt(square / C(n) + C(epsilon));
        for (int64_t j = 0; j < n; ++j) {
          store(y.as<T>() + row * n, j, (load(in, j) - center) * scale * gamma.as<C>()[j] + beta.as<C>()[j]);
        }
        mean.as<C>()[row] = center;
        rstd.as<C>()[row] = scale;
      }
    });
  });
}

void layer_norm_backward_input(const View& dy, const View& x, const View& gamma, const View& mean,
                               const View& rstd, const View& dx) {
  const int64_t n = gamma.elems();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(mean.elems(), 4, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = x.as<T>() + row * n;
        const T* grad = dy.as<T>() + row * n;
        const C center = mean.as<C>()[row];
        const C scale = rstd.as<C>()[row];
        C sum = 0;
        C product = 0;
        for (int64_t j = 0; j < n; ++j) {
          const C g = load(grad, j) * gamma.as<C>()[j];
          sum += g;
          product += g * (load(in, j) - center) * scale;
        }
        for (int64_t j = 0; j < n; ++j) {
          const C g = load(grad, j) * gamma.as<C>()[j];
          const C normal = (load(in, j) - center) * scale;
          store(dx.as<T>() + row * n, j, scale * (g - (sum + normal * product) / C(n)));
        }
      }
    });
  });
}

void layer_norm_backward_params(const View& dy, const View& x, const View& mean, const View& rstd,
                                const View& dgamma, const View& dbeta) {
  const int64_t n = dgamma.elems();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(n, 64, [&](int64_t begin, int64_t end) {
      for (int64_t j = begin; j < end; ++j) dgamma.as<C>()[j] = dbeta.as<C>()[j] = 0;
      for (int64_t row = 0; row < mean.elems(); ++row) {
        for (int64_t j = begin; j < end; ++j) {
          const C g = load(dy.as<T>() + row * n, j);
          dbeta.as<C>()[j] += g;
          dgamma.as<C>()[j] += g * (load(x.as<T>() + row * n, j) - mean.as<C>()[row]) * rstd.as<C>()[row];
        }
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_layer_norm(Device& device) {
  device.add<LayerNorm>([](const LayerNorm& op, const BindRequest& request) {
    return in_f64(request, [epsilon = op.epsilon](const KernelContext& context) {
      kernels::naive::layer_norm(context.inputs[0], context.inputs[1], context.inputs[2], context.outputs[0],
                                 context.outputs[1], context.outputs[2], epsilon);
    });
  });
  device.add<LayerNormBackwardInput>([](const LayerNormBackwardInput&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::layer_norm_backward_input(context.inputs[0], context.inputs[1], context.inputs[2],
                                                context.inputs[3], context.inputs[4], context.outputs[0]);
    });
  });
  device.add<LayerNormBackwardParams>([](const LayerNormBackwardParams&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::layer_norm_backward_params(context.inputs[0], context.inputs[1], context.inputs[2],
                                                 context.inputs[3], context.outputs[0], context.outputs[1]);
    });
  });
}

}  // namespace weft::reference
