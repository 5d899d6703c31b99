#include "weft/graph/device.h"
#include "weft/kernels/cuda/gpu.h"
#include "weft/kernels/cuda/pointwise_kernel.h"

namespace weft::cuda {

namespace {

Kernel bind_pointwise(const Pointwise& op, const BindRequest& request) {
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel = std::make_shared<const PointwiseKernel>(
      kernels::PointwiseSpec{op.expression, op.region, op.space, op.operands, op.results}, request.inputs,
      request.outputs, gpu_memory());
  return {[kernel](const KernelContext& context) {
    Tensors tensors;
    std::byte** next = tensors.data;
    for (const View& operand : context.inputs) *next++ = operand.data;
    for (const View& result : context.outputs) *next++ = result.data;
    kernel->run(tensors);
  }};
}

}  // namespace

void register_bind_pointwise(Device& device) { device.add<Pointwise>(bind_pointwise); }

}  // namespace weft::cuda
