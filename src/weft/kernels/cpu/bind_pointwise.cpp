#include "weft/graph/device.h"
#include "weft/kernels/pointwise.h"
#include "weft/ops/pointwise.h"

namespace weft::cpu {

namespace {

Kernel bind_pointwise(const Pointwise& op, const BindRequest& request) {
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel =
      std::make_shared<const kernels::PointwiseKernel>(kernels::spec_of(op), request.inputs, request.outputs);
  return {[kernel](const KernelContext& context) {
            kernel->run(context.inputs, context.outputs, context.scratch);
          },
          kernel->scratch_bytes()};
}

}  // namespace

void register_bind_pointwise(Device& device) { device.add<Pointwise>(bind_pointwise); }

}  // namespace weft::cpu
