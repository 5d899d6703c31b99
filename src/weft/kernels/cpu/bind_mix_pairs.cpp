#include "weft/graph/device.h"
#include "weft/kernels/mix_pairs.h"
#include "weft/ops/shape/mix_pairs.h"

namespace weft::cpu {

void register_bind_mix_pairs(Device& device) {
  device.add<MixPairs>([](const MixPairs&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) {
      kernels::mix_pairs(context.inputs[0], context.inputs[1], context.outputs[0]);
    }};
  });
}

}  // namespace weft::cpu
