#include "weft/ops/shape/tensor_scatter.h"

#include "weft/kernels/reference/in_f64.h"
#include "weft/kernels/row_index.h"

namespace weft::reference {

namespace {

Kernel bind_tensor_scatter(const TensorScatter& op, const BindRequest& request) {
  const auto axis = static_cast<size_t>(op.axis);
  const int64_t stride = strides_of(request.outputs[0].shape)[axis];
  return in_f64(request, [axis, stride](const KernelContext& context) {
    const auto& in = context.inputs;
    const int64_t room = in[0].type.shape[axis], rows = in[1].type.shape[axis];
    const int64_t first = kernels::row_index(TensorScatter::kName, in[2], room - rows);
    auto* out = context.outputs[0].as<double>();
    for (int64_t i = 0; i < in[0].elems(); ++i) {
      const int64_t row = i / stride % room - first;
      const int64_t at = (i / stride / room * rows + row) * stride + i % stride;
      out[i] = row >= 0 && row < rows ? in[1].as<double>()[at] : in[0].as<double>()[i];
    }
  });
}

}  // namespace

void register_tensor_scatter(Device& device) { device.add<TensorScatter>(bind_tensor_scatter); }

}  // namespace weft::reference
