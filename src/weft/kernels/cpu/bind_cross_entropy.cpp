#include "weft/graph/device.h"
#include "weft/kernels/cross_entropy.h"
#include "weft/kernels/xent_loss_backward.h"
#include "weft/kernels/xent_sums_backward.h"
#include "weft/ops/xent_loss.h"
#include "weft/ops/xent_sums.h"

namespace weft::cpu {

void register_bind_cross_entropy(Device& device) {
  device.add<XentSums>([](const XentSums& op, const BindRequest&) -> Kernel {
    return {[begin = op.vocab_begin](const KernelContext& context) {
      kernels::xent_sums(context.inputs[0], context.inputs[1], context.inputs[2], begin, context.outputs[0]);
    }};
  });
  device.add<XentSumsBackward>([](const XentSumsBackward& op, const BindRequest&) -> Kernel {
    return {[begin = op.vocab_begin](const KernelContext& context) {
      kernels::xent_sums_backward(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                                  begin, context.outputs[0]);
    }};
  });
  device.add<XentLoss>([](const XentLoss& op, const BindRequest&) -> Kernel {
    return {[scale = op.scale](const KernelContext& context) {
      kernels::xent_loss(context.inputs[0], context.inputs[1], context.inputs[2], scale, context.outputs[0]);
    }};
  });
  device.add<XentLossBackward>([](const XentLossBackward& op, const BindRequest&) -> Kernel {
    return {[scale = op.scale](const KernelContext& context) {
      kernels::xent_loss_backward(context.inputs[0], context.inputs[1], context.inputs[2], scale,
                                  context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
