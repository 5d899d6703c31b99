#include "weft/ops/sum_squares.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> SumSquares::infer(std::span<const TensorType> inputs) const {
  expect_inputs("sum_squares", inputs.size(), 1);
  expect_floating("sum_squares", inputs[0]);
  return {{statistics_of(inputs[0].dtype), {}}};
}

IndexMap SumSquares::index_map(std::span<const TensorType> inputs,
                               std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

namespace {

OpCase random_case(CaseRandom& random) {
  OpCase result = case_of({real(random_dims(random, random.between(0, 3)))},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{sum_squares(build, in[0])};
                          });
  result.differentiable = {false};
  return result;
}

}  // namespace

ValueId sum_squares(GraphBuilder& build, ValueId x) {
  return build.add1(std::make_shared<SumSquares>(), {x});
}

void register_sum_squares(OpRegistry& registry) { registry.add<SumSquares>(random_case); }

}  // namespace weft
