#include <utility>

#include "weft/graph/device.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/pointwise.h"
#include "weft/ops/pointwise.h"

namespace weft::cpu {

namespace {

Kernel bind_pointwise(const Pointwise& op, const BindRequest& request) {
  const kernels::PointwiseSpec spec = kernels::spec_of(op);
  // The executor calls the body itself: some take 0.1 us.
  if (auto form = kernels::find_pointwise_form(spec, request.inputs, request.outputs))
    return {std::move(form->run)};
  // Shared, because std::function copies; the kernel is the only owner.
  const auto kernel = std::make_shared<const kernels::PointwiseKernel>(
      spec, request.inputs, request.outputs, kernels::PointwiseBodies::interpreted_only);
  return {[kernel](const KernelContext& context) {
            kernel->run(context.inputs, context.outputs, context.scratch);
          },
          kernel->scratch_bytes()};
}

}  // namespace

void register_bind_pointwise(Device& device) { device.add<Pointwise>(bind_pointwise); }

}  // namespace weft::cpu
