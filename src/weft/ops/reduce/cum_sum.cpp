#include "weft/ops/reduce/cum_sum.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> CumSum::infer(std::span<const TensorType> inputs) const {
  expect_inputs("cum_sum", inputs.size(), 1);
  expect_floating("cum_sum", inputs[0]);
  expect_axis("cum_sum", inputs[0], axis);
  return {inputs[0]};
}

IndexMap CumSum::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  IndexMap map = trailing_map(inputs[0].shape, inputs, outputs);
  map.axes[static_cast<size_t>(axis)].kind = AxisKind::whole;
  return map;
}

std::vector<std::optional<ValueId>> CumSum::gradient(const GradientContext& context) const {
  return {cum_sum(context.build, *context.output_gradients[0], axis, !reverse)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims shape = random_dims(random, random.between(1, 3), 9);
  const int axis = static_cast<int>(random.between(0, std::ssize(shape) - 1));
  return case_of({real(shape)},
                 [axis, reverse = random.coin()](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{cum_sum(build, in[0], axis, reverse)};
                 });
}

}  // namespace

ValueId cum_sum(GraphBuilder& build, ValueId x, int axis, bool reverse) {
  return build.add1(std::make_shared<CumSum>(axis, reverse), {x});
}

void register_cum_sum(OpRegistry& registry) { registry.add<CumSum>(random_case); }

}  // namespace weft
