#include "weft/ops/multiply.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Multiply::infer(std::span<const TensorType> inputs) const {
  expect_inputs("multiply", inputs.size(), 2);
  expect_floating("multiply", inputs[0]);
  expect_same("multiply", inputs[0], inputs[1]);
  return {inputs[0]};
}

IndexMap Multiply::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Multiply::gradient(const GradientContext& context) const {
  const ValueId dy = *context.output_gradients[0];
  std::vector<std::optional<ValueId>> gradients(2);
  for (const size_t i : {0, 1}) {
    if (context.needed[i]) gradients[i] = multiply(context.build, dy, context.inputs[1 - i]);
  }
  return gradients;
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  return case_of({type, type}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{multiply(build, in[0], in[1])};
  });
}

}  // namespace

ValueId multiply(GraphBuilder& build, ValueId a, ValueId b) {
  return build.add1(std::make_shared<Multiply>(), {a, b});
}

void register_multiply(OpRegistry& registry) { registry.add<Multiply>(random_case); }

}  // namespace weft
