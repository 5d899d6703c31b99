#include "weft/graph/device.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/column_sum.h"
#include "weft/ops/reduce_sum.h"
#include "weft/ops/sum_squares.h"

namespace weft::cpu {

void register_bind_reduce(Device& device) {
  device.add<ColumnSum>([](const ColumnSum&, const BindRequest&) -> Kernel {
    return {[](const KernelContext& context) { kernels::column_sum(context.inputs[0], context.outputs[0]); }};
  });
  device.add<ReduceSum>([](const ReduceSum& op, const BindRequest&) -> Kernel {
    return {[factor = op.factor](const KernelContext& context) {
      kernels::reduce_sum(context.inputs[0], context.outputs[0], factor);
    }};
  });
  device.add<SumSquares>([](const SumSquares&, const BindRequest&) -> Kernel {
    return {
        [](const KernelContext& context) { kernels::sum_squares(context.inputs[0], context.outputs[0]); }};
  });
}

}  // namespace weft::cpu
