#include <cstring>

#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/transpose.h"

namespace weft::reference {

namespace {

Kernel bind_reshape(const Reshape& /*op*/, const BindRequest& request) {
  return in_f64(request, [](const KernelContext& context) {
    const View& x = context.inputs[0];
    if (x.bytes() > 0) std::memcpy(context.outputs[0].data, x.data, static_cast<size_t>(x.bytes()));
  });
}

/// Element by element: the index of each in the result is taken apart, and put together in x's order.
Kernel bind_transpose(const Transpose& op, const BindRequest& request) {
  const Dims strides = strides_of(request.inputs[0].shape);
  const int64_t item = bytes_of(widened(request.inputs[0]).dtype);
  return in_f64(request, [order = op.order, strides, item](const KernelContext& context) {
    const View& out = context.outputs[0];
    for (int64_t i = 0; i < out.elems(); ++i) {
      int64_t left = i;
      int64_t from = 0;
      for (size_t d = order.size(); d-- > 0;) {
        from += left % out.type.shape[d] * strides[static_cast<size_t>(order[d])];
        left /= out.type.shape[d];
      }
      std::memcpy(out.data + i * item, context.inputs[0].data + from * item, static_cast<size_t>(item));
    }
  });
}

}  // namespace

void register_shape(Device& device) {
  device.add<Reshape>(bind_reshape);
  device.add<Transpose>(bind_transpose);
}

}  // namespace weft::reference
