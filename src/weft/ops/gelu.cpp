#include "weft/ops/gelu.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Gelu::infer(std::span<const TensorType> inputs) const {
  expect_inputs("gelu", inputs.size(), 1);
  expect_floating("gelu", inputs[0]);
  return {inputs[0]};
}

IndexMap Gelu::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Gelu::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<GeluBackward>(kind),
                             {*context.output_gradients[0], context.inputs[0]})};
}

std::vector<TensorType> GeluBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("gelu_backward", inputs.size(), 2);
  expect_same("gelu_backward", inputs[0], inputs[1]);
  return {inputs[1]};
}

IndexMap GeluBackward::index_map(std::span<const TensorType> inputs,
                                 std::span<const TensorType> outputs) const {
  return trailing_map(inputs[1].shape, inputs, outputs);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const GeluKind kind = random.coin() ? GeluKind::tanh : GeluKind::erf;
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [kind](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{gelu(build, in[0], kind)};
                 });
}

}  // namespace

ValueId gelu(GraphBuilder& build, ValueId x, GeluKind kind) {
  return build.add1(std::make_shared<Gelu>(kind), {x});
}

void register_gelu(OpRegistry& registry) {
  registry.add<Gelu>(random_case);
  registry.add<GeluBackward>(nullptr);
}

}  // namespace weft
