#include <cstring>

#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/partition/keep_or_zero.h"
#include "weft/ops/partition/take_region.h"
#include "weft/tensor/box_copy.h"

namespace weft::reference {

namespace {

Kernel bind_take_region(const TakeRegion& op, const BindRequest& request) {
  const BoxCopy copy(op.outer, op.inner, op.inner, widened(request.inputs[0]).dtype);
  return in_f64(request, [copy](const KernelContext& context) {
    copy.run(context.inputs[0].data, context.outputs[0].data);
  });
}

Kernel bind_keep_or_zero(const KeepOrZero& op, const BindRequest& request) {
  return in_f64(request, [keep = op.keep](const KernelContext& context) {
    const View& out = context.outputs[0];
    const auto bytes = static_cast<size_t>(out.bytes());
    if (bytes == 0) return;
    if (keep) {
      std::memcpy(out.data, context.inputs[0].data, bytes);
    } else {
      std::memset(out.data, 0, bytes);
    }
  });
}

}  // namespace

void register_regions(Device& device) {
  device.add<TakeRegion>(bind_take_region);
  device.add<KeepOrZero>(bind_keep_or_zero);
}

}  // namespace weft::reference
