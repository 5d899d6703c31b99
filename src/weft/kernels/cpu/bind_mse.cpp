#include "weft/graph/device.h"
#include "weft/kernels/mse.h"
#include "weft/ops/mse.h"

namespace weft::cpu {

void register_bind_mse(Device& device) {
  device.add<Mse>([](const Mse& op, const BindRequest&) -> Kernel {
    return {[scale = op.scale](const KernelContext& context) {
      kernels::mse(context.inputs[0], context.inputs[1], scale, context.outputs[0]);
    }};
  });
  device.add<MseBackward>([](const MseBackward& op, const BindRequest&) -> Kernel {
    return {[scale = op.scale](const KernelContext& context) {
      kernels::mse_backward(context.inputs[1], context.inputs[2], context.inputs[0], scale,
                            context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
