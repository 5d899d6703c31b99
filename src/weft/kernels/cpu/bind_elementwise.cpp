#include "weft/graph/device.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/add.h"
#include "weft/ops/add_n.h"
#include "weft/ops/cast.h"
#include "weft/ops/fill.h"
#include "weft/ops/multiply.h"
#include "weft/ops/relu.h"
#include "weft/ops/scale.h"
#include "weft/ops/tanh.h"

namespace weft::cpu {

namespace {

/// An op without attributes, whose kernel is a function of views.
template <class O>
void add_unary(Device& device, void (*kernel)(const View&, const View&)) {
  device.add<O>([kernel](const O&, const BindRequest&) -> Kernel {
    return {[kernel](const KernelContext& context) { kernel(context.inputs[0], context.outputs[0]); }};
  });
}
template <class O>
void add_binary(Device& device, void (*kernel)(const View&, const View&, const View&)) {
  device.add<O>([kernel](const O&, const BindRequest&) -> Kernel {
    return {[kernel](const KernelContext& context) {
      kernel(context.inputs[0], context.inputs[1], context.outputs[0]);
    }};
  });
}

}  // namespace

void register_bind_elementwise(Device& device) {
  add_binary<Add>(device, kernels::add);
  device.add<AddN>([](const AddN&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) { kernels::add_n(context.inputs, context.outputs[0]); }};
  });
  add_binary<Multiply>(device, kernels::multiply);
  device.add<Scale>([](const Scale& op, const BindRequest&) -> Kernel {
    return {[factor = op.factor](const KernelContext& context) {
      kernels::scale(context.inputs[0], factor, context.outputs[0]);
    }};
  });
  add_unary<Cast>(device, kernels::cast);
  device.add<Fill>([](const Fill& op, const BindRequest&) -> Kernel {
    return {[value = op.value](const KernelContext& context) { kernels::fill(context.outputs[0], value); }};
  });
  add_unary<Relu>(device, kernels::relu);
  add_binary<ReluBackward>(device, kernels::relu_backward);
  add_unary<Tanh>(device, kernels::tanh);
  add_binary<TanhBackward>(device, kernels::tanh_backward);
}

}  // namespace weft::cpu
