#include "weft/ops/reduce/cum_sum.h"

#include "weft/kernels/reference/in_f64.h"

namespace weft::reference {

namespace {

Kernel bind_cum_sum(const CumSum& op, const BindRequest& request) {
  const Dims& shape = request.inputs[0].shape;
  const auto axis = static_cast<size_t>(op.axis);
  return in_f64(request, [size = shape[axis], stride = strides_of(shape)[axis],
                          reverse = op.reverse](const KernelContext& context) {
    const auto* x = context.inputs[0].as<double>();
    auto* sums = context.outputs[0].as<double>();
    for (int64_t i = 0; i < context.inputs[0].elems(); ++i) {
      const int64_t at = i / stride % size;
      const int64_t first = reverse ? at : 0;
      const int64_t last = reverse ? size - 1 : at;
      sums[i] = 0;
      for (int64_t j = first; j <= last; ++j) sums[i] += x[i + (j - at) * stride];
    }
  });
}

}  // namespace

void register_cum_sum(Device& device) { device.add<CumSum>(bind_cum_sum); }

}  // namespace weft::reference
