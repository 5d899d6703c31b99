#include "weft/graph/device.h"
#include "weft/kernels/layer_norm.h"
#include "weft/ops/layer_norm.h"
#include "weft/ops/layer_norm_backward.h"

namespace weft::cpu {

void register_bind_layer_norm(Device& device) {
  device.add<LayerNorm>([](const LayerNorm& op, const BindRequest&) -> Kernel {
    return {[epsilon = op.epsilon](const KernelContext& context) {
      kernels::layer_norm(context.inputs[0], context.inputs[1], context.inputs[2], context.outputs[0],
                          context.outputs[1], context.outputs[2], epsilon);
    }};
  });
  device.add<LayerNormBackwardInput>([](const LayerNormBackwardInput&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) {
      kernels::layer_norm_backward_input(context.inputs[0], context.inputs[1], context.inputs[2],
                                         context.inputs[3], context.inputs[4], context.outputs[0]);
    }};
  });
  device.add<LayerNormBackwardParams>([](const LayerNormBackwardParams&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) {
      kernels::layer_norm_backward_params(context.inputs[0], context.inputs[1], context.inputs[2],
                                          context.inputs[3], context.outputs[0], context.outputs[1]);
    }};
  });
}

}  // namespace weft::cpu
