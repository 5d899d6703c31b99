#include "weft/kernels/optimizer_naive.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/optimizer/adamw.h"
#include "weft/ops/optimizer/clip_factor.h"
#include "weft/ops/optimizer/sgd.h"

namespace weft::kernels::naive {

namespace {

void keep(const View& from, const View& to) {
  if (from.data != to.data) std::memcpy(to.data, from.data, static_cast<size_t>(from.bytes()));
}

template <class T>
void adamw_of(const View& param, const View& grad, const View& m, const View& v, double rate, double step,
              double grad_scale, const View& new_param, const View& new_m, const View& new_v,
              const AdamW& o) {
  using S = Compute<T>;
  const S b1 = S(o.beta1);
  const S b2 = S(o.beta2);
  const S decay = S(1 - rate * o.weight_decay);
  const S size = S(rate / (1 - std::pow(o.beta1, step)));
  const S root = S(1 / std::sqrt(1 - std::pow(o.beta2, step)));
  const S epsilon = S(o.epsilon);
  const S factor = S(grad_scale);
  parallel_for(param.elems(), 4096, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const S g = load(grad.as<T>(), i) * factor;
      const S first = b1 * load(m.as<T>(), i) + (S(1) - b1) * g;
      const S second = b2 * load(v.as<T>(), i) + (S(1) - b2) * g * g;
      const S move = size * first / (std::sqrt(second) * root + epsilon);
      store(new_param.as<T>(), i, load(param.as<T>(), i) * decay - move);
      store(new_m.as<T>(), i, first);
      store(new_v.as<T>(), i, second);
    }
  });
}

template <class T>
void sgd_of(const View& param, const View& grad, const View& buffer, double rate, double grad_scale,
            const View& new_param, const View& new_buffer, const Sgd& o) {
  using S = Compute<T>;
  parallel_for(param.elems(), 4096, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const S p = load(param.as<T>(), i);
      const S g = load(grad.as<T>(), i);
      const S moved = S(o.momentum) * load(buffer.as<T>(), i) + g * S(grad_scale) + S(o.weight_decay) * p;
      store(new_buffer.as<T>(), i, moved);
      store(new_param.as<T>(), i, p - S(rate) * moved);
    }
  });
}

}  // namespace

void adamw(const View& param, const View& grad, const View& m, const View& v, const View& learning_rate,
           const View& step, const View& grad_scale, const View& new_param, const View& new_m,
           const View& new_v, const AdamW& options) {
  const double factor = scalar(grad_scale);
  if (!std::isfinite(factor)) {
    keep(param, new_param);
    keep(m, new_m);
    keep(v, new_v);
    return;
  }
  const auto count = static_cast<double>(*step.as<int64_t>());
  with_floating(param.type.dtype, [&]<class T>(T) {
    adamw_of<T>(param, grad, m, v, scalar(learning_rate), count, factor, new_param, new_m, new_v, options);
  });
}

void sgd(const View& param, const View& grad, const View& momentum_buffer, const View& learning_rate,
         const View& grad_scale, const View& new_param, const View& new_momentum, const Sgd& options) {
  const double factor = scalar(grad_scale);
  if (!std::isfinite(factor)) {
    keep(param, new_param);
    keep(momentum_buffer, new_momentum);
    return;
  }
  with_floating(param.type.dtype, [&]<class T>(T) {
    sgd_of<T>(param, grad, momentum_buffer, scalar(learning_rate), factor, new_param, new_momentum, options);
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

void clip_factor(double sum_squares, double max_norm, double& out) {
  out = max_norm > 0 ? std::min(1.0, max_norm / (std::sqrt(sum_squares) + 1e-6)) : 1;
  if (!std::isfinite(sum_squares)) out = std::nan("");
}

Kernel bind_adamw(const AdamW& op, const BindRequest& request) {
  const AdamWOptions& given = op.options;
  const kernels::AdamW options{given.beta1, given.beta2, given.epsilon, given.weight_decay};
  return in_f64(request, [options](const KernelContext& context) {
    const auto& in = context.inputs;
    const auto& out = context.outputs;
    kernels::naive::adamw(in[0], in[1], in[2], in[3], in[4], in[5], in[6], out[0], out[1], out[2], options);
  });
}

Kernel bind_sgd(const Sgd& op, const BindRequest& request) {
  const kernels::Sgd options{op.options.momentum, op.options.weight_decay};
  return in_f64(request, [options](const KernelContext& context) {
    const auto& in = context.inputs;
    kernels::naive::sgd(in[0], in[1], in[2], in[3], in[4], context.outputs[0], context.outputs[1], options);
  });
}

}  // namespace

void register_optimizer(Device& device) {
  device.add<AdamW>(bind_adamw);
  device.add<Sgd>(bind_sgd);
  device.add<ClipFactor>([](const ClipFactor& op, const BindRequest& request) {
    return in_f64(request, [max_norm = op.max_norm](const KernelContext& context) {
      clip_factor(*context.inputs[0].as<double>(), max_norm, *context.outputs[0].as<double>());
    });
  });
}

}  // namespace weft::reference
