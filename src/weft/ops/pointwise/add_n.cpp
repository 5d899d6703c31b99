#include "weft/ops/pointwise/add_n.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> AddN::infer(std::span<const TensorType> inputs) const {
  if (inputs.empty()) user_error("add_n: got no operand, expected at least one.");
  expect_floating("add_n", inputs[0]);
  for (const TensorType& type : inputs) expect_same("add_n", inputs[0], type);
  return {inputs[0]};
}

IndexMap AddN::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> AddN::gradient(const GradientContext& context) const {
  return std::vector<std::optional<ValueId>>(context.inputs.size(), context.output_gradients[0]);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  const std::vector<TensorType> inputs(static_cast<size_t>(random.between(1, 4)), type);
  return case_of(inputs, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{build.add1(std::make_shared<AddN>(), {in.begin(), in.end()})};
  });
}

}  // namespace

ValueId add_n(GraphBuilder& build, std::span<const ValueId> terms) {
  if (terms.size() == 1) return terms[0];
  return build.add1(std::make_shared<AddN>(), {terms.begin(), terms.end()});
}

void register_add_n(OpRegistry& registry) { registry.add<AddN>(random_case); }

}  // namespace weft
