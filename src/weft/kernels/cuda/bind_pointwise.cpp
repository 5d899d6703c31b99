#include "weft/base/check.h"
#include "weft/graph/device.h"
#include "weft/kernels/cuda/gpu.h"
#include "weft/kernels/cuda/pointwise_kernel.h"

namespace weft::cuda {

namespace {

Kernel bind_pointwise(const Pointwise& op, const BindRequest& request) {
  for (size_t r = 0; r < op.results.size(); ++r) {
    if (op.rule(r) != nullptr) user_error("device cuda: there is no kernel for the reduction {}", op.title());
  }
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel = std::make_shared<const PointwiseKernel>(kernels::spec_of(op), request.inputs,
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
