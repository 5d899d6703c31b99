#include "weft/graph/device.h"
#include "weft/kernels/optimizer.h"
#include "weft/ops/optimizer/adamw.h"
#include "weft/ops/optimizer/clip_factor.h"
#include "weft/ops/optimizer/sgd.h"

namespace weft::cpu {

namespace {

Kernel bind_adamw(const AdamW& op, const BindRequest& /*request*/) {
  const AdamWOptions& given = op.options;
  const kernels::AdamW options{given.beta1, given.beta2, given.epsilon, given.weight_decay};
  return {[options](const KernelContext& context) {
    const auto& in = context.inputs;
    const auto& out = context.outputs;
    kernels::adamw(in[0], in[1], in[2], in[3], in[4], in[5], in[6], out[0], out[1], out[2], options);
  }};
}

Kernel bind_sgd(const Sgd& op, const BindRequest& /*request*/) {
  const kernels::Sgd options{op.options.momentum, op.options.weight_decay};
  return {[options](const KernelContext& context) {
    const auto& in = context.inputs;
    kernels::sgd(in[0], in[1], in[2], in[3], in[4], context.outputs[0], context.outputs[1], options);
  }};
}

}  // namespace

void register_bind_optimizer(Device& device) {
  device.add<AdamW>(bind_adamw);
  device.add<Sgd>(bind_sgd);
  device.add<ClipFactor>([](const ClipFactor& op, const BindRequest&) -> Kernel {
    return {[max_norm = op.max_norm](const KernelContext& context) {
      kernels::clip_factor(context.inputs[0], max_norm, context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
