#include "weft/ops/bn_backward.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> BnBackwardSums::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 3);
  expect_same(kName, inputs[0], inputs[1]);
  expect_rank_at_least(kName, inputs[1], 1);
  expect_statistics(kName, inputs[2], inputs[1].dtype, {2, inputs[1].shape.back()});
  return {inputs[2]};
}

IndexMap BnBackwardSums::index_map(std::span<const TensorType> inputs,
                                   std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[1].shape;
  return {channel_axes(x), {all_axes(x), all_axes(x), channel_sums_map(x)}, {channel_sums_map(x)}};
}

std::vector<TensorType> BnBackwardInput::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 5);
  const TensorType& x = inputs[1];
  expect_same(kName, inputs[0], x);
  expect_rank_at_least(kName, x, 1);
  for (const size_t i : {2, 3}) expect_statistics(kName, inputs[i], x.dtype, {2, x.shape.back()});
  expect_statistics(kName, inputs[4], x.dtype, {x.shape.back()});
  return {x};
}

IndexMap BnBackwardInput::index_map(std::span<const TensorType> inputs,
                                    std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[1].shape;
  return {channel_axes(x),
          {all_axes(x), all_axes(x), channel_sums_map(x), channel_sums_map(x), last_axis(x)},
          {all_axes(x)}};
}

std::vector<TensorType> BnBackwardParams::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 1);
  expect_rank_at_least(kName, inputs[0], 1);
  expect_shape(kName, inputs[0], {2, inputs[0].shape.back()});
  const TensorType channels{inputs[0].dtype, {inputs[0].shape[1]}};
  return {channels, channels};
}

IndexMap BnBackwardParams::index_map(std::span<const TensorType> inputs,
                                     std::span<const TensorType> /*outputs*/) const {
  return {{{"two", 2, AxisKind::whole}, {"c", inputs[0].shape[1]}},
          {{along(0), along(1)}},
          {{along(1)}, {along(1)}}};
}

ValueId bn_backward_sums(GraphBuilder& build, const BnValues& values) {
  return build.add1(std::make_shared<BnBackwardSums>(values.count, values.epsilon),
                    {values.dy, values.x, values.sums});
}

ValueId bn_backward_input(GraphBuilder& build, const BnValues& values, ValueId backward_sums) {
  return build.add1(std::make_shared<BnBackwardInput>(values.count, values.epsilon),
                    {values.dy, values.x, values.sums, backward_sums, values.gamma});
}

std::pair<ValueId, ValueId> bn_backward_params(GraphBuilder& build, ValueId backward_sums) {
  const auto outputs = build.add(std::make_shared<BnBackwardParams>(), {backward_sums});
  return {outputs[0], outputs[1]};
}

void register_bn_backward(OpRegistry& registry) {
  registry.add<BnBackwardSums>(nullptr);
  registry.add<BnBackwardInput>(nullptr);
  registry.add<BnBackwardParams>(nullptr);
}

}  // namespace weft
