#include "weft/ops/scale.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Scale::infer(std::span<const TensorType> inputs) const {
  expect_inputs("scale", inputs.size(), 1);
  expect_floating("scale", inputs[0]);
  return {inputs[0]};
}

IndexMap Scale::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Scale::gradient(const GradientContext& context) const {
  return {scale(context.build, *context.output_gradients[0], factor)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{scale(build, in[0], -1.75)};
                 });
}

}  // namespace

ValueId scale(GraphBuilder& build, ValueId x, double factor) {
  return build.add1(std::make_shared<Scale>(factor), {x});
}

void register_scale(OpRegistry& registry) { registry.add<Scale>(random_case); }

}  // namespace weft
