#include <cstring>

#include "weft/graph/device.h"
#include "weft/ops/partition/keep_or_zero.h"
#include "weft/ops/partition/take_region.h"
#include "weft/tensor/box_copy.h"

namespace weft::cpu {

namespace {

Kernel bind_take_region(const TakeRegion& op, const BindRequest& request) {
  const BoxCopy copy(op.outer, op.inner, op.inner, request.inputs[0].dtype);
  return {
      [copy](const KernelContext& context) { copy.run(context.inputs[0].data, context.outputs[0].data); }};
}

Kernel bind_keep_or_zero(const KeepOrZero& op, const BindRequest& /*request*/) {
  return {[keep = op.keep](const KernelContext& context) {
    const View& out = context.outputs[0];
    if (keep) {
      std::memcpy(out.data, context.inputs[0].data, static_cast<size_t>(out.bytes()));
    } else {
      std::memset(out.data, 0, static_cast<size_t>(out.bytes()));
    }
  }};
}

}  // namespace

void register_bind_regions(Device& device) {
  device.add<TakeRegion>(bind_take_region);
  device.add<KeepOrZero>(bind_keep_or_zero);
}

}  // namespace weft::cpu
