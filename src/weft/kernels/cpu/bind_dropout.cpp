#include "weft/graph/device.h"
#include "weft/kernels/dropout.h"
#include "weft/ops/dropout.h"

namespace weft::cpu {

namespace {

Kernel bind_dropout(const Dropout& op, const BindRequest& /*request*/) {
  const auto run = [rate = op.rate, seed = op.seed, stream = op.stream, global = op.global,
                    region = op.region](const KernelContext& context) {
    const RandomStream random{seed, stream, static_cast<uint64_t>(*context.inputs[1].as<int64_t>())};
    kernels::dropout(context.inputs[0], region, global, random, rate, context.outputs[0]);
  };
  return {run};
}

}  // namespace

void register_bind_dropout(Device& device) { device.add<Dropout>(bind_dropout); }

}  // namespace weft::cpu
