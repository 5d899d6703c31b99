#include "weft/ops/softmax.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> SoftmaxBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("softmax_backward", inputs.size(), 2);
  expect_floating("softmax_backward", inputs[0]);
  expect_rank_at_least("softmax_backward", inputs[0], 1);
  expect_same("softmax_backward", inputs[0], inputs[1]);
  return {inputs[1]};
}

IndexMap SoftmaxBackward::index_map(std::span<const TensorType> inputs,
                                    std::span<const TensorType> /*outputs*/) const {
  const Dims& y = inputs[1].shape;
  return {axes_of(y, 1), {all_axes(y), all_axes(y)}, {all_axes(y)}};
}

std::vector<TensorType> Softmax::infer(std::span<const TensorType> inputs) const {
  expect_inputs("softmax", inputs.size(), 1);
  expect_floating("softmax", inputs[0]);
  expect_rank_at_least("softmax", inputs[0], 1);
  return {inputs[0]};
}

IndexMap Softmax::index_map(std::span<const TensorType> inputs,
                            std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {axes_of(x, 1), {all_axes(x)}, {all_axes(x)}};
}

std::vector<std::optional<ValueId>> Softmax::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<SoftmaxBackward>(),
                             {*context.output_gradients[0], context.outputs[0]})};
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(1, 3), 5);
  x.back() = random.between(1, 40);  // past one vector
  return case_of({real(x)}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{softmax(build, in[0])};
  });
}

}  // namespace

ValueId softmax(GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<Softmax>(), {x}); }

void register_softmax(OpRegistry& registry) {
  registry.add<Softmax>(random_case);
  registry.add<SoftmaxBackward>(nullptr);
}

}  // namespace weft
