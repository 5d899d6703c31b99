#include "weft/graph/device.h"
#include "weft/kernels/softmax.h"
#include "weft/ops/softmax.h"

namespace weft::cpu {

void register_bind_softmax(Device& device) {
  device.add<Softmax>([](const Softmax&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) { kernels::softmax(context.inputs[0], context.outputs[0]); }};
  });
  device.add<SoftmaxBackward>([](const SoftmaxBackward&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) {
      kernels::softmax_backward(context.inputs[0], context.inputs[1], context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
