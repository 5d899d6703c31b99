#include "weft/base/check.h"
#include "weft/graph/device.h"
#include "weft/kernels/attention.h"
#include "weft/ops/linear/attention.h"

namespace weft::cpu {

namespace {

/// The kernels' limit, said before they meet it.
void check_width(const TensorType& qkv) {
  if (qkv.dtype == DType::f64 || qkv.shape[4] <= kernels::kAttentionMaxWidth) return;
  user_error("attention: heads of {} features, and at most {} are possible; take more heads", qkv.shape[4],
             kernels::kAttentionMaxWidth);
}

Kernel bind_forward(const Attention& op, const BindRequest& request) {
  check_width(request.inputs[0]);
  return {[causal = op.causal, scale = op.scale](const KernelContext& context) {
            kernels::attention_forward(context.inputs[0], context.outputs[0], context.outputs[1], causal,
                                       scale);
          },
          0, kernels::attention_forward_extra_bytes(request.inputs[0], op.causal)};
}

Kernel bind_backward(const AttentionBackward& op, const BindRequest& request) {
  check_width(request.inputs[0]);
  const auto run = [causal = op.causal, scale = op.scale](const KernelContext& context) {
    kernels::attention_backward(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                                context.outputs[0], context.scratch, causal, scale);
  };
  return {run, kernels::attention_backward_scratch_bytes(request.inputs[0]),
          kernels::attention_backward_extra_bytes(request.inputs[0], op.causal)};
}

}  // namespace

void register_bind_attention(Device& device) {
  device.add<Attention>(bind_forward);
  device.add<AttentionBackward>(bind_backward);
}

}  // namespace weft::cpu
