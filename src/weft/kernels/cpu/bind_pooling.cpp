#include <cstring>

#include "weft/graph/device.h"
#include "weft/kernels/window_shapes.h"
#include "weft/ops/window/average_pool.h"
#include "weft/ops/window/max_pool.h"
#include "weft/ops/window/max_pool_backward.h"
#include "weft/tensor/box_copy.h"

namespace weft::cpu {

namespace {

/// The gradient of all of x in scratch, and what of it lies in dx.
Kernel bind_cropped(const MaxPoolBackward& op, const TensorType& x) {
  const kernels::Window window = kernels::pooling_window(op.geometry);
  const BoxCopy crop(op.x_region, op.dx_region, intersect(op.x_region, op.dx_region), x.dtype);
  const auto run = [window, crop, x](const KernelContext& context) {
    const View whole{context.scratch, x};
    const View& dx = context.outputs[0];
    if (x.elems() > 0) kernels::max_pool_backward(context.inputs[0], context.inputs[1], window, whole);
    if (dx.bytes() > 0) std::memset(dx.data, 0, static_cast<size_t>(dx.bytes()));
    crop.run(whole.data, dx.data);
  };
  // The whole is written, and its part read; zeros are written where there is none.
  return {run, x.bytes(), x.bytes() + 2 * bytes_of(x.dtype, op.dx_region.elems())};
}

Kernel bind_max_backward(const MaxPoolBackward& op, const BindRequest& request) {
  if (op.x_region != op.dx_region) return bind_cropped(op, request.inputs[1]);
  return {[window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
    kernels::max_pool_backward(context.inputs[0], context.inputs[1], window, context.outputs[0]);
  }};
}

}  // namespace

void register_bind_pooling(Device& device) {
  device.add<MaxPool>([](const MaxPool& op, const BindRequest&) -> Kernel {
    return {[window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::max_pool(context.inputs[0], window, context.outputs[0]);
    }};
  });
  device.add<MaxPoolBackward>(bind_max_backward);
  device.add<AveragePool>([](const AveragePool& op, const BindRequest&) -> Kernel {
    return {[window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::average_pool(context.inputs[0], window, context.outputs[0]);
    }};
  });
  device.add<AveragePoolBackward>([](const AveragePoolBackward& op, const BindRequest&) -> Kernel {
    return {[window = kernels::pooling_window(op.geometry)](const KernelContext& context) {
      kernels::average_pool_backward(context.inputs[0], window, context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
