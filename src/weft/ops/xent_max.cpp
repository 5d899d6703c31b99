#include "weft/ops/xent_max.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> XentMax::infer(std::span<const TensorType> inputs) const {
  expect_inputs("xent_max", inputs.size(), 1);
  expect_floating("xent_max", inputs[0]);
  expect_rank_at_least("xent_max", inputs[0], 1);
  return {{statistics_of(inputs[0].dtype), leading(inputs[0].shape, inputs[0].shape.size() - 1)}};
}

IndexMap XentMax::index_map(std::span<const TensorType> inputs,
                            std::span<const TensorType> /*outputs*/) const {
  const Dims& logits = inputs[0].shape;
  return {axes_of(logits), {all_axes(logits)}, {leading_axes(logits)}};
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(1, 3), 5);
  x.back() = random.between(1, 40);  // past one vector
  OpCase result = case_of({real(x)}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{xent_max(build, in[0])};
  });
  result.differentiable = {false};
  return result;
}

}  // namespace

ValueId xent_max(GraphBuilder& build, ValueId logits) {
  return build.add1(std::make_shared<XentMax>(), {logits});
}

void register_xent_max(OpRegistry& registry) { registry.add<XentMax>(random_case); }

}  // namespace weft
