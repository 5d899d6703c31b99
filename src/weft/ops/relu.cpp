#include "weft/ops/relu.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> ReluBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("relu_backward", inputs.size(), 2);
  expect_same("relu_backward", inputs[0], inputs[1]);
  return {inputs[1]};
}

IndexMap ReluBackward::index_map(std::span<const TensorType> inputs,
                                 std::span<const TensorType> outputs) const {
  return trailing_map(inputs[1].shape, inputs, outputs);
}

std::vector<TensorType> Relu::infer(std::span<const TensorType> inputs) const {
  expect_inputs("relu", inputs.size(), 1);
  expect_floating("relu", inputs[0]);
  return {inputs[0]};
}

IndexMap Relu::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Relu::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<ReluBackward>(),
                             {*context.output_gradients[0], context.outputs[0]})};
}

namespace {

OpCase random_case(CaseRandom& random) {
  return case_of(
      {real(random_dims(random, random.between(0, 3)))},
      [](GraphBuilder& build, std::span<const ValueId> in) { return std::vector{relu(build, in[0])}; });
}

}  // namespace

ValueId relu(GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<Relu>(), {x}); }

void register_relu(OpRegistry& registry) {
  registry.add<Relu>(random_case);
  registry.add<ReluBackward>(nullptr);
}

}  // namespace weft
