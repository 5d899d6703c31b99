#include "weft/ops/case_shapes.h"

namespace weft {

Dims random_dims(CaseRandom& random, int64_t rank, int64_t most) {
  Dims dims;
  for (int64_t d = 0; d < rank; ++d) dims.push_back(random.between(1, most));
  return dims;
}

TensorType real(Dims shape) { return {DType::f64, std::move(shape)}; }

TensorType indices(Dims shape) { return {DType::i32, std::move(shape)}; }

OpCase case_of(std::vector<TensorType> inputs,
               std::function<std::vector<ValueId>(GraphBuilder&, std::span<const ValueId>)> build) {
  OpCase result;
  result.build = std::move(build);
  result.integer_bound.assign(inputs.size(), 0);
  for (const TensorType& type : inputs) result.differentiable.push_back(is_floating(type.dtype));
  result.inputs = std::move(inputs);
  return result;
}

}  // namespace weft
