#include "weft/ops/shape/moving_case.h"

#include "weft/ops/case_shapes.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

OpCase moving_case(CaseRandom& random, std::vector<TensorType> inputs,
                   std::function<ValueId(GraphBuilder&, std::span<const ValueId>)> build) {
  const bool bits = random.between(0, 2) == 0;
  OpCase result = case_of(std::move(inputs),
                          [bits, build = std::move(build)](GraphBuilder& made, std::span<const ValueId> in) {
                            std::vector<ValueId> operands(in.begin(), in.end());
                            for (ValueId& id : operands) {
                              if (bits) id = pointwise(made, {id}, "x0 > 0.3173", DType::bit);
                            }
                            return std::vector{build(made, operands)};
                          });
  if (bits) result.differentiable.assign(result.inputs.size(), false);
  return result;
}

}  // namespace weft
