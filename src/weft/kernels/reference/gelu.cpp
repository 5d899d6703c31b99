#include "weft/kernels/elementwise_naive.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/gelu.h"

namespace weft::reference {

void register_gelu(Device& device) {
  device.add<Gelu>([](const Gelu& op, const BindRequest& request) {
    return in_f64(request, [tanh = op.kind == GeluKind::tanh](const KernelContext& context) {
      kernels::naive::gelu(context.inputs[0], context.outputs[0], tanh);
    });
  });
  device.add<GeluBackward>([](const GeluBackward& op, const BindRequest& request) {
    return in_f64(request, [tanh = op.kind == GeluKind::tanh](const KernelContext& context) {
      kernels::naive::gelu_backward(context.inputs[0], context.inputs[1], context.outputs[0], tanh);
    });
  });
}

}  // namespace weft::reference
