#include "weft/ops/mse.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> MseBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("mse_backward", inputs.size(), 3);
  expect_same("mse_backward", inputs[0], {statistics_of(inputs[1].dtype), {}});
  expect_same("mse_backward", inputs[1], inputs[2]);
  return {inputs[1]};
}

IndexMap MseBackward::index_map(std::span<const TensorType> inputs,
                                std::span<const TensorType> outputs) const {
  return trailing_map(inputs[1].shape, inputs, outputs);
}

std::vector<TensorType> Mse::infer(std::span<const TensorType> inputs) const {
  expect_inputs("mse", inputs.size(), 2);
  expect_floating("mse", inputs[0]);
  expect_same("mse", inputs[0], inputs[1]);
  return {{statistics_of(inputs[0].dtype), {}}};
}

IndexMap Mse::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Mse::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<MseBackward>(scale),
                             {*context.output_gradients[0], context.inputs[0], context.inputs[1]}),
          std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  OpCase result = case_of({type, type}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{mse(build, in[0], in[1], 0.3)};
  });
  result.differentiable[1] = false;
  return result;
}

}  // namespace

ValueId mse(GraphBuilder& build, ValueId x, ValueId target, double scale) {
  return build.add1(std::make_shared<Mse>(scale), {x, target});
}

void register_mse(OpRegistry& registry) {
  registry.add<Mse>(random_case);
  registry.add<MseBackward>(nullptr);
}

}  // namespace weft
