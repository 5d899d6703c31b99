#include "weft/base/check.h"
#include "weft/graph/device.h"
#include "weft/kernels/attention_operands.h"

namespace weft::cpu {

namespace {

using kernels::AttentionShape;

/// The kernels' limit, said before they meet it.
AttentionShape shape_of(const AttentionForm& form, const BindRequest& request) {
  const AttentionShape shape = kernels::attention_shape(form, request.inputs);
  if (shape.dtype != DType::f64 && shape.width > kernels::kAttentionMaxWidth) {
    user_error("attention: heads of {} features, and at most {} are possible; take more heads", shape.width,
               kernels::kAttentionMaxWidth);
  }
  return shape;
}

Kernel bind_forward(const Attention& op, const BindRequest& request) {
  const AttentionShape shape = shape_of(op.form, request);
  const auto run = [form = op.form, shape](const KernelContext& context) {
    kernels::attention_forward(shape, kernels::attention_inputs(form, shape, context.inputs),
                               kernels::attention_output(shape, context.outputs[0]), context.outputs[1].data);
  };
  return {run, 0, kernels::attention_forward_extra_bytes(shape)};
}

Kernel bind_backward(const AttentionBackward& op, const BindRequest& request) {
  const AttentionShape shape = shape_of(op.form, request);
  const auto run = [form = op.form, shape](const KernelContext& context) {
    const size_t at = form.heads_operands();
    kernels::attention_backward(shape, kernels::attention_inputs(form, shape, context.inputs),
                                kernels::attention_output(shape, context.inputs[at]),
                                context.inputs[at + 1].data,
                                kernels::attention_output(shape, context.inputs[at + 2]),
                                kernels::attention_gradients(form, shape, context.outputs), context.scratch);
  };
  return {run, kernels::attention_backward_scratch_bytes(shape),
          kernels::attention_backward_extra_bytes(shape)};
}

}  // namespace

void register_bind_attention(Device& device) {
  device.add<Attention>(bind_forward);
  device.add<AttentionBackward>(bind_backward);
}

}  // namespace weft::cpu
