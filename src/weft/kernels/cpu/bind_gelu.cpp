#include "weft/graph/device.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/gelu.h"

namespace weft::cpu {

void register_bind_gelu(Device& device) {
  device.add<Gelu>([](const Gelu& op, const BindRequest&) -> Kernel {
    return {[tanh = op.kind == GeluKind::tanh](const KernelContext& context) {
      kernels::gelu(context.inputs[0], context.outputs[0], tanh);
    }};
  });
  device.add<GeluBackward>([](const GeluBackward& op, const BindRequest&) -> Kernel {
    return {[tanh = op.kind == GeluKind::tanh](const KernelContext& context) {
      kernels::gelu_backward(context.inputs[0], context.inputs[1], context.outputs[0], tanh);
    }};
  });
}

}  // namespace weft::cpu
