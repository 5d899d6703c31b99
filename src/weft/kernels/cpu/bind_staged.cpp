#include "weft/graph/device.h"
#include "weft/kernels/cpu/staged.h"

namespace weft::cpu {

namespace {

Kernel bind_staged(const Staged& op, const BindRequest& request) {
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel = std::make_shared<kernels::StagedKernel>(op, request.inputs, request.outputs);
  return {[kernel](const KernelContext& context) { kernel->run(context); }, kernel->scratch_bytes()};
}

}  // namespace

void register_bind_staged(Device& device) { device.add<Staged>(bind_staged); }

}  // namespace weft::cpu
