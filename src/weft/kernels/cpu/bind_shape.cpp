#include <cstring>

#include "weft/graph/device.h"
#include "weft/kernels/transpose.h"
#include "weft/ops/shape/reshape.h"
#include "weft/ops/shape/transpose.h"

namespace weft::cpu {

namespace {

/// Where the memory is not shared, as it is in plans, the bytes are copied.
Kernel bind_reshape(const Reshape& /*op*/, const BindRequest& /*request*/) {
  return {[](const KernelContext& context) {
    const View& x = context.inputs[0];
    if (x.data != context.outputs[0].data && x.bytes() > 0) {
      std::memcpy(context.outputs[0].data, x.data, static_cast<size_t>(x.bytes()));
    }
  }};
}

Kernel bind_transpose(const Transpose& op, const BindRequest& /*request*/) {
  return {[order = op.order](const KernelContext& context) {
    kernels::transpose(context.inputs[0], order, context.outputs[0]);
  }};
}

}  // namespace

void register_bind_shape(Device& device) {
  device.add<Reshape>(bind_reshape);
  device.add<Transpose>(bind_transpose);
}

}  // namespace weft::cpu
