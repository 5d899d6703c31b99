#include "weft/ops/tanh.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> TanhBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("tanh_backward", inputs.size(), 2);
  expect_same("tanh_backward", inputs[0], inputs[1]);
  return {inputs[1]};
}

IndexMap TanhBackward::index_map(std::span<const TensorType> inputs,
                                 std::span<const TensorType> outputs) const {
  return trailing_map(inputs[1].shape, inputs, outputs);
}

std::vector<TensorType> Tanh::infer(std::span<const TensorType> inputs) const {
  expect_inputs("tanh", inputs.size(), 1);
  expect_floating("tanh", inputs[0]);
  return {inputs[0]};
}

IndexMap Tanh::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Tanh::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<TanhBackward>(),
                             {*context.output_gradients[0], context.outputs[0]})};
}

namespace {

OpCase random_case(CaseRandom& random) {
  return case_of(
      {real(random_dims(random, random.between(0, 3)))},
      [](GraphBuilder& build, std::span<const ValueId> in) { return std::vector{tanh(build, in[0])}; });
}

}  // namespace

ValueId tanh(GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<Tanh>(), {x}); }

void register_tanh(OpRegistry& registry) {
  registry.add<Tanh>(random_case);
  registry.add<TanhBackward>(nullptr);
}

}  // namespace weft
