#include "weft/graph/device.h"
#include "weft/kernels/cuda/gpu.h"
#include "weft/kernels/cuda/pointwise_kernel.h"
#include "weft/kernels/cuda/transpose_spec.h"

namespace weft::cuda {

namespace {

Kernel bind_transpose(const Transpose& op, const BindRequest& request) {
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel = std::make_shared<const PointwiseKernel>(transpose_spec(op, request.inputs[0]),
                                                              request.inputs, request.outputs, gpu_memory());
  return {[kernel](const KernelContext& context) {
    Tensors tensors;
    tensors.data[0] = context.inputs[0].data;
    tensors.data[1] = context.outputs[0].data;
    kernel->run(tensors);
  }};
}

}  // namespace

void register_bind_transpose(Device& device) { device.add<Transpose>(bind_transpose); }

}  // namespace weft::cuda
