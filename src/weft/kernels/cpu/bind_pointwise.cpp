#include "weft/graph/device.h"
#include "weft/kernels/pointwise.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft::cpu {

namespace {

Kernel bind_pointwise(const Pointwise& op, const BindRequest& request) {
  return kernels::pointwise_kernel(kernels::spec_of(op), request.inputs, request.outputs);
}

}  // namespace

void register_bind_pointwise(Device& device) { device.add<Pointwise>(bind_pointwise); }

}  // namespace weft::cpu
