#include "weft/kernels/cross_entropy_naive.h"

#include <algorithm>
#include <cmath>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/xent_loss.h"
#include "weft/ops/xent_sums.h"

namespace weft::kernels::naive {

void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums) {
  const int64_t v = logits.type.shape.back();
  with_floating(logits.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(max.elems(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = logits.as<T>() + row * v;
        const C top = max.as<C>()[row];
        C sum = 0;
        for (int64_t j = 0; j < v; ++j) sum += std::exp(load(in, j) - top);
        const int64_t target = targets.as<int32_t>()[row] - vocab_begin;
        const bool here = targets.as<int32_t>()[row] >= 0 && target >= 0 && target < v;
        sums.as<C>()[2 * row] = sum;
        sums.as<C>()[2 * row + 1] = here ? load(in, target) : C(0);
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

/// dlogits[r, v] = dsums[r, 0] * exp(logits[r, v] - max[r]) + (v is the target ? dsums[r, 1] : 0).
void xent_sums_backward(const View& logits, const View& dsums, const View& max, const View& targets,
                        int64_t vocab_begin, const View& dlogits) {
  const int64_t width = logits.type.shape.back();
  for (int64_t row = 0; row < targets.elems(); ++row) {
    const int64_t target = targets.as<int32_t>()[row];
    for (int64_t v = 0; v < width; ++v) {
      const int64_t at = row * width + v;
      const bool hot = target >= 0 && target == v + vocab_begin;
      dlogits.as<double>()[at] =
          dsums.as<double>()[2 * row] * std::exp(logits.as<double>()[at] - max.as<double>()[row]) +
          (hot ? dsums.as<double>()[2 * row + 1] : 0);
    }
  }
}

/// scale * sum over counted rows of max[r] + log(sums[r][0]) - sums[r][1].
void xent_loss(const View& max, const View& sums, const View& targets, double scale, const View& out) {
  double loss = 0;
  for (int64_t row = 0; row < targets.elems(); ++row) {
    const double* of_row = sums.as<double>() + 2 * row;
    if (targets.as<int32_t>()[row] >= 0) loss += max.as<double>()[row] + std::log(of_row[0]) - of_row[1];
  }
  *out.as<double>() = scale * loss;
}

/// dsums[r] = (scale * dloss / sums[r][0], -scale * dloss) where the row counts.
void xent_loss_backward(const View& dloss, const View& sums, const View& targets, double scale,
                        const View& dsums) {
  for (int64_t row = 0; row < targets.elems(); ++row) {
    const bool counts = targets.as<int32_t>()[row] >= 0;
    const double factor = scale * *dloss.as<double>();
    dsums.as<double>()[2 * row] = counts ? factor / sums.as<double>()[2 * row] : 0;
    dsums.as<double>()[2 * row + 1] = counts ? -factor : 0;
  }
}

}  // namespace

void register_cross_entropy(Device& device) {
  device.add<XentSums>([](const XentSums& op, const BindRequest& request) {
    return in_f64(request, [begin = op.vocab_begin](const KernelContext& context) {
      kernels::naive::xent_sums(context.inputs[0], context.inputs[1], context.inputs[2], begin,
                                context.outputs[0]);
    });
  });
  device.add<XentSumsBackward>([](const XentSumsBackward& op, const BindRequest& request) {
    return in_f64(request, [begin = op.vocab_begin](const KernelContext& context) {
      xent_sums_backward(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3], begin,
                         context.outputs[0]);
    });
  });
  device.add<XentLoss>([](const XentLoss& op, const BindRequest& request) {
    return in_f64(request, [scale = op.scale](const KernelContext& context) {
      xent_loss(context.inputs[0], context.inputs[1], context.inputs[2], scale, context.outputs[0]);
    });
  });
  device.add<XentLossBackward>([](const XentLossBackward& op, const BindRequest& request) {
    return in_f64(request, [scale = op.scale](const KernelContext& context) {
      xent_loss_backward(context.inputs[0], context.inputs[1], context.inputs[2], scale, context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
