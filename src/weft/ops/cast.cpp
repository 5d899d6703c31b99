#include "weft/ops/cast.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Cast::infer(std::span<const TensorType> inputs) const {
  expect_inputs("cast", inputs.size(), 1);
  expect_floating("cast", inputs[0]);
  return {{dtype, inputs[0].shape}};
}

IndexMap Cast::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> Cast::gradient(const GradientContext& context) const {
  return {cast(context.build, *context.output_gradients[0], context.build.type(context.inputs[0]).dtype)};
}

namespace {

/// Not differentiable: rounding drowns differences. A test of its own looks at the gradient.
OpCase random_case(CaseRandom& random) {
  OpCase result = case_of({real(random_dims(random, random.between(0, 3)))},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            const bool narrow = build.type(in[0]).dtype == DType::f32;
                            return std::vector{cast(build, in[0], narrow ? DType::f64 : DType::f32)};
                          });
  result.differentiable = {false};
  return result;
}

}  // namespace

ValueId cast(GraphBuilder& build, ValueId x, DType dtype) {
  if (build.type(x).dtype == dtype) return x;
  return build.add1(std::make_shared<Cast>(dtype), {x});
}

void register_cast(OpRegistry& registry) { registry.add<Cast>(random_case); }

}  // namespace weft
