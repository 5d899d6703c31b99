#include "weft/graph/device.h"
#include "weft/kernels/window_shapes.h"
#include "weft/ops/window/convolution.h"
#include "weft/ops/window/convolution_backward.h"

namespace weft::cpu {

namespace {

Kernel bind_forward(const Convolution& op, const BindRequest& request) {
  const auto kernel = std::make_shared<const kernels::Convolution>(
      kernels::convolution_shape(op.geometry, request.inputs[0], request.outputs[0]),
      kernels::ConvolutionPass::forward);
  const auto run = [kernel](const KernelContext& context) {
    kernel->forward(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data, context.scratch);
  };
  return {run, kernel->scratch_bytes(), kernel->extra_bytes()};
}

Kernel bind_input(const ConvolutionBackwardInput& op, const BindRequest& request) {
  const auto kernel = std::make_shared<const kernels::Convolution>(
      kernels::convolution_shape(op.geometry, request.outputs[0], request.inputs[0]),
      kernels::ConvolutionPass::backward_data);
  const auto run = [kernel](const KernelContext& context) {
    kernel->backward_data(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data,
                          context.scratch);
  };
  return {run, kernel->scratch_bytes(), kernel->extra_bytes()};
}

Kernel bind_weight(const ConvolutionBackwardWeight& op, const BindRequest& request) {
  const auto kernel = std::make_shared<const kernels::Convolution>(
      kernels::convolution_shape(op.geometry, request.inputs[0], request.inputs[1]),
      kernels::ConvolutionPass::backward_weights);
  const auto run = [kernel](const KernelContext& context) {
    kernel->backward_weights(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data,
                             context.scratch);
  };
  return {run, kernel->scratch_bytes(), kernel->extra_bytes()};
}

}  // namespace

void register_bind_convolution(Device& device) {
  device.add<Convolution>(bind_forward);
  device.add<ConvolutionBackwardInput>(bind_input);
  device.add<ConvolutionBackwardWeight>(bind_weight);
}

}  // namespace weft::cpu
