#include "weft/kernels/batch_norm_naive.h"

#include <algorithm>
#include <cmath>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/bn_apply.h"
#include "weft/ops/bn_backward.h"
#include "weft/ops/bn_infer.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/bn_update_running.h"

namespace weft::kernels::naive {

namespace {

constexpr int64_t kRows = 64;  // of one piece of a parallel loop

/// Mean and 1 / sqrt(variance + epsilon) of channel c.
template <class C>
struct Statistics {
  double mean;
  double rstd;
  Statistics(const C* sums, int64_t channels, int64_t c, double count, double epsilon)
      : mean(static_cast<double>(sums[c]) / count),
        rstd(1 / std::sqrt(std::max(0.0, static_cast<double>(sums[channels + c]) / count - mean * mean) +
                           epsilon)) {}
};

/// out [2, C] += (first(row, c), second(row, c)) over all rows; each thread owns channels, so sums keep their
/// order.
template <class C, class F>
void two_sums(int64_t rows, int64_t channels, C* out, F&& f) {
  parallel_for(channels, 4, [&](int64_t begin, int64_t end) {
    // Blocks of rows in f32, blocks together in double: few roundings without a double in the inner loop.
    for (int64_t c = begin; c < end; ++c) {
      double first = 0;
      double second = 0;
      for (int64_t block = 0; block < rows; block += kRows) {
        C a = 0;
        C b = 0;
        for (int64_t row = block; row < std::min(rows, block + kRows); ++row) {
          const auto [x, y] = f(row * channels + c, c);
          a += x;
          b += y;
        }
        first += static_cast<double>(a);
        second += static_cast<double>(b);
      }
      out[c] = static_cast<C>(first);
      out[channels + c] = static_cast<C>(second);
    }
  });
}

/// out = x * slope[c] + shift[c], both given by f(c).
template <class T, class F>
void affine(const View& x, int64_t channels, const View& out, F&& f) {
  using C = Compute<T>;
  if (channels == 0) return;
  const T* in = x.as<T>();
  T* to = out.as<T>();
  parallel_for(x.elems() / channels, kRows, [&](int64_t begin, int64_t end) {
    for (int64_t c = 0; c < channels; ++c) {
      const auto [slope, shift] = f(c);
      const C a = static_cast<C>(slope);
      const C b = static_cast<C>(shift);
      for (int64_t row = begin; row < end; ++row)
        store(to, row * channels + c, load(in, row * channels + c) * a + b);
    }
  });
}

}  // namespace

void bn_sums(const View& x, const View& sums) {
  const int64_t channels = sums.type.shape.back();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    const T* in = x.as<T>();
    two_sums<C>(channels == 0 ? 0 : x.elems() / channels, channels, sums.as<C>(), [in](int64_t i, int64_t) {
      const C v = load(in, i);
      return std::pair{v, v * v};
    });
  });
}

void bn_apply(const View& x, const View& sums, double count, const View& gamma, const View& beta,
              double epsilon, const View& y) {
  const int64_t channels = gamma.elems();
  with_floating(x.type.dtype, [&](auto t) {
    using C = Compute<decltype(t)>;
    affine<decltype(t)>(x, channels, y, [&](int64_t c) {
      const Statistics<C> s(sums.as<C>(), channels, c, count, epsilon);
      const double slope = s.rstd * static_cast<double>(gamma.as<C>()[c]);
      return std::pair{slope, static_cast<double>(beta.as<C>()[c]) - s.mean * slope};
    });
  });
}

void bn_backward_sums(const View& dy, const View& x, const View& sums, double count, double epsilon,
                      const View& out) {
  const int64_t channels = sums.type.shape.back();
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    const T* in = x.as<T>();
    const T* grad = dy.as<T>();
    two_sums<C>(channels == 0 ? 0 : x.elems() / channels, channels, out.as<C>(), [&](int64_t i, int64_t c) {
      const C mean = sums.as<C>()[c] / static_cast<C>(count);
      return std::pair{load(grad, i), load(grad, i) * (load(in, i) - mean)};
    });
    for (int64_t c = 0; c < channels; ++c) {
      const Statistics<C> s(sums.as<C>(), channels, c, count, epsilon);
      out.as<C>()[channels + c] = static_cast<C>(static_cast<double>(out.as<C>()[channels + c]) * s.rstd);
    }
  });
}

void bn_backward_input(const View& dy, const View& x, const View& sums, const View& back_sums,
                       const View& gamma, double count, double epsilon, const View& dx) {
  const int64_t channels = gamma.elems();
  if (channels == 0) return;
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(x.elems() / channels, kRows, [&](int64_t begin, int64_t end) {
      for (int64_t c = 0; c < channels; ++c) {
        const Statistics<C> s(sums.as<C>(), channels, c, count, epsilon);
        const double factor = s.rstd * static_cast<double>(gamma.as<C>()[c]);
        const double along = factor * s.rstd * static_cast<double>(back_sums.as<C>()[channels + c]) / count;
        const C of_dy = static_cast<C>(factor);
        const C of_x = static_cast<C>(-along);
        const C constant =
            static_cast<C>(along * s.mean - factor * static_cast<double>(back_sums.as<C>()[c]) / count);
        for (int64_t row = begin; row < end; ++row) {
          const int64_t i = row * channels + c;
          store(dx.as<T>(), i, load(dy.as<T>(), i) * of_dy + load(x.as<T>(), i) * of_x + constant);
        }
      }
    });
  });
}

void bn_infer(const View& x, const View& running_mean, const View& running_var, const View& gamma,
              const View& beta, double epsilon, const View& y) {
  with_floating(x.type.dtype, [&](auto t) {
    using C = Compute<decltype(t)>;
    affine<decltype(t)>(x, gamma.elems(), y, [&](int64_t c) {
      const double slope = static_cast<double>(gamma.as<C>()[c]) /
                           std::sqrt(static_cast<double>(running_var.as<C>()[c]) + epsilon);
      return std::pair{
          slope, static_cast<double>(beta.as<C>()[c]) - static_cast<double>(running_mean.as<C>()[c]) * slope};
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

Kernel bind_sums(const BnSums& /*op*/, const BindRequest& request) {
  return in_f64(request, [](const KernelContext& context) {
    kernels::naive::bn_sums(context.inputs[0], context.outputs[0]);
  });
}

Kernel bind_apply(const BnApply& op, const BindRequest& request) {
  return in_f64(request,
                [count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
                  kernels::naive::bn_apply(context.inputs[0], context.inputs[1], count, context.inputs[2],
                                           context.inputs[3], epsilon, context.outputs[0]);
                });
}

Kernel bind_infer(const BnInfer& op, const BindRequest& request) {
  return in_f64(request, [epsilon = op.epsilon](const KernelContext& context) {
    kernels::naive::bn_infer(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                             context.inputs[4], epsilon, context.outputs[0]);
  });
}

Kernel bind_update_running(const BnUpdateRunning& op, const BindRequest& request) {
  const auto run = [count = static_cast<double>(op.count), kept = 1 - op.momentum,
                    momentum = op.momentum](const KernelContext& context) {
    const int64_t channels = context.inputs[0].elems();
    const double* sums = context.inputs[2].as<double>();
    for (int64_t c = 0; c < channels; ++c) {
      const double mean = sums[c] / count;
      const double biased = std::max(0.0, sums[channels + c] / count - mean * mean);
      const double variance = biased * count / std::max(1.0, count - 1);
      context.outputs[0].as<double>()[c] = kept * context.inputs[0].as<double>()[c] + momentum * mean;
      context.outputs[1].as<double>()[c] = kept * context.inputs[1].as<double>()[c] + momentum * variance;
    }
  };
  return in_f64(request, run);
}

Kernel bind_backward_sums(const BnBackwardSums& op, const BindRequest& request) {
  return in_f64(request,
                [count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
                  kernels::naive::bn_backward_sums(context.inputs[0], context.inputs[1], context.inputs[2],
                                                   count, epsilon, context.outputs[0]);
                });
}

Kernel bind_backward_input(const BnBackwardInput& op, const BindRequest& request) {
  return in_f64(request,
                [count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
                  kernels::naive::bn_backward_input(context.inputs[0], context.inputs[1], context.inputs[2],
                                                    context.inputs[3], context.inputs[4], count, epsilon,
                                                    context.outputs[0]);
                });
}

Kernel bind_backward_params(const BnBackwardParams& /*op*/, const BindRequest& request) {
  return in_f64(request, [](const KernelContext& context) {
    const double* sums = context.inputs[0].as<double>();
    const int64_t channels = context.outputs[0].elems();
    std::copy_n(sums + channels, channels, context.outputs[0].as<double>());
    std::copy_n(sums, channels, context.outputs[1].as<double>());
  });
}

}  // namespace

void register_batch_norm(Device& device) {
  device.add<BnSums>(bind_sums);
  device.add<BnApply>(bind_apply);
  device.add<BnInfer>(bind_infer);
  device.add<BnUpdateRunning>(bind_update_running);
  device.add<BnBackwardSums>(bind_backward_sums);
  device.add<BnBackwardInput>(bind_backward_input);
  device.add<BnBackwardParams>(bind_backward_params);
}

}  // namespace weft::reference
