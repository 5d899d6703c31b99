#include "weft/ops/reduce_sum.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/add.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/fill.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/scale.h"

namespace weft {

std::vector<TensorType> ReduceSum::infer(std::span<const TensorType> inputs) const {
  expect_inputs("reduce_sum", inputs.size(), 1);
  expect_floating("reduce_sum", inputs[0]);
  return {{statistics_of(inputs[0].dtype), {}}};
}

IndexMap ReduceSum::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

std::vector<std::optional<ValueId>> ReduceSum::gradient(const GradientContext& context) const {
  GraphBuilder& build = context.build;
  const ValueId zeros = fill(build, build.type(context.inputs[0]), 0);
  return {add(build, zeros, scale(build, *context.output_gradients[0], factor))};
}

namespace {

OpCase random_case(CaseRandom& random) {
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{reduce_sum(build, in[0], 0.5)};
                 });
}

}  // namespace

ValueId reduce_sum(GraphBuilder& build, ValueId x, double factor) {
  return build.add1(std::make_shared<ReduceSum>(factor), {x});
}

void register_reduce_sum(OpRegistry& registry) { registry.add<ReduceSum>(random_case); }

}  // namespace weft
