#include "weft/graph/device.h"
#include "weft/kernels/cached_attention.h"
#include "weft/ops/linear/cached_attention.h"

namespace weft::cpu {

namespace {

Kernel bind_cached_attention(const CachedAttention& op, const BindRequest& request) {
  const auto run = [scale = op.scale](const KernelContext& context) {
    const auto& in = context.inputs;
    kernels::cached_attention(in[0], in[1], in[2], in[3], context.outputs[0], context.scratch, scale);
  };
  return {run, kernels::cached_attention_scratch_bytes(request.inputs[1])};
}

}  // namespace

void register_bind_cached_attention(Device& device) { device.add<CachedAttention>(bind_cached_attention); }

}  // namespace weft::cpu
