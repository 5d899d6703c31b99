#include "weft/graph/device.h"
#include "weft/kernels/batch_norm.h"
#include "weft/ops/bn_apply.h"
#include "weft/ops/bn_backward.h"
#include "weft/ops/bn_infer.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/bn_update_running.h"

namespace weft::cpu {

namespace {

Kernel bind_sums(const BnSums& /*op*/, const BindRequest& /*request*/) {
  return {[](const KernelContext& context) { kernels::bn_sums(context.inputs[0], context.outputs[0]); }};
}

Kernel bind_apply(const BnApply& op, const BindRequest& /*request*/) {
  return {[count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_apply(context.inputs[0], context.inputs[1], count, context.inputs[2], context.inputs[3],
                      epsilon, context.outputs[0]);
  }};
}

Kernel bind_infer(const BnInfer& op, const BindRequest& /*request*/) {
  return {[epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_infer(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                      context.inputs[4], epsilon, context.outputs[0]);
  }};
}

Kernel bind_update_running(const BnUpdateRunning& op, const BindRequest& /*request*/) {
  return {[count = static_cast<double>(op.count), momentum = op.momentum](const KernelContext& context) {
    kernels::bn_update_running(context.inputs[2], count, momentum, context.inputs[0], context.inputs[1],
                               context.outputs[0], context.outputs[1]);
  }};
}

Kernel bind_backward_sums(const BnBackwardSums& op, const BindRequest& /*request*/) {
  return {[count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_backward_sums(context.inputs[0], context.inputs[1], context.inputs[2], count, epsilon,
                              context.outputs[0]);
  }};
}

Kernel bind_backward_input(const BnBackwardInput& op, const BindRequest& /*request*/) {
  return {[count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_backward_input(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                               context.inputs[4], count, epsilon, context.outputs[0]);
  }};
}

Kernel bind_backward_params(const BnBackwardParams& /*op*/, const BindRequest& /*request*/) {
  return {[](const KernelContext& context) {
    kernels::bn_backward_params(context.inputs[0], context.outputs[0], context.outputs[1]);
  }};
}

}  // namespace

void register_bind_batch_norm(Device& device) {
  device.add<BnSums>(bind_sums);
  device.add<BnApply>(bind_apply);
  device.add<BnInfer>(bind_infer);
  device.add<BnUpdateRunning>(bind_update_running);
  device.add<BnBackwardSums>(bind_backward_sums);
  device.add<BnBackwardInput>(bind_backward_input);
  device.add<BnBackwardParams>(bind_backward_params);
}

}  // namespace weft::cpu
