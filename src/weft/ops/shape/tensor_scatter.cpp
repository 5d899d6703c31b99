#include "weft/ops/shape/tensor_scatter.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pointwise/pointwise.h"

namespace weft {

std::vector<TensorType> TensorScatter::infer(std::span<const TensorType> inputs) const {
  expect_inputs("tensor_scatter", inputs.size(), 3);
  const TensorType& past = inputs[0];
  expect_floating("tensor_scatter", past);
  expect_axis("tensor_scatter", past, axis);
  const auto along = static_cast<size_t>(axis);
  TensorType fitting = past;
  if (inputs[1].shape.size() == past.shape.size()) fitting.shape[along] = inputs[1].shape[along];
  if (inputs[1] != fitting || fitting.shape[along] > past.shape[along]) {
    user_error("tensor_scatter: got the update {} of {}, expected its type with at most {} along axis {}.",
               to_string(inputs[1]), to_string(past), past.shape[along], axis);
  }
  expect_same("tensor_scatter", inputs[2], {DType::i64, {}});
  return {past};
}

IndexMap TensorScatter::index_map(std::span<const TensorType> inputs,
                                  std::span<const TensorType> /*outputs*/) const {
  const auto along = static_cast<size_t>(axis);
  const Dims& past = inputs[0].shape;
  IndexMap map{axes_of(past), {all_axes(past), all_axes(past), {}}, {all_axes(past)}};
  map.axes[along].kind = AxisKind::whole;
  // Which rows the update becomes is known when it runs: all of it is needed.
  map.inputs[1][along] = weft::along(static_cast<int>(map.axes.size()));
  map.axes.push_back({"rows", inputs[1].shape[along], AxisKind::whole});
  return map;
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims past = random_dims(random, random.between(1, 4), 6);
  const int axis = static_cast<int>(random.between(0, std::ssize(past) - 1));
  const int64_t room = past[static_cast<size_t>(axis)];
  Dims update = past;
  update[static_cast<size_t>(axis)] = random.between(1, room);
  OpCase result = case_of({real(past), real(update), {DType::i64, {}}},
                          [axis](GraphBuilder& build, std::span<const ValueId> in) {
                            // Tests draw whole numbers from 1 on.
                            const ValueId index = pointwise(build, {in[2]}, "n0 - 1");
                            return std::vector{tensor_scatter(build, in[0], in[1], index, axis)};
                          });
  result.integer_bound[2] = room - update[static_cast<size_t>(axis)] + 1;
  result.differentiable = {false, false, false};
  return result;
}

}  // namespace

ValueId tensor_scatter(GraphBuilder& build, ValueId past, ValueId update, ValueId index, int axis) {
  return build.add1(std::make_shared<TensorScatter>(axis), {past, update, index});
}

void register_tensor_scatter(OpRegistry& registry) { registry.add<TensorScatter>(random_case); }

}  // namespace weft
