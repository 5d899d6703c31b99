#include "weft/graph/device.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/pointwise/add_n.h"

namespace weft::cpu {

void register_bind_elementwise(Device& device) {
  device.add<AddN>([](const AddN&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) { kernels::add_n(context.inputs, context.outputs[0]); }};
  });
}

}  // namespace weft::cpu
