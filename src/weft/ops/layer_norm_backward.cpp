#include "weft/ops/layer_norm_backward.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

void expect_rows(std::string_view op, const TensorType& x, const TensorType& mean, const TensorType& rstd) {
  const Dims rows = leading(x.shape, x.shape.size() - 1);
  expect_statistics(op, mean, x.dtype, rows);
  expect_statistics(op, rstd, x.dtype, rows);
}

}  // namespace

std::vector<TensorType> LayerNormBackwardInput::infer(std::span<const TensorType> inputs) const {
  expect_inputs("layer_norm_backward_input", inputs.size(), 5);
  expect_same("layer_norm_backward_input", inputs[0], inputs[1]);
  expect_rank_at_least("layer_norm_backward_input", inputs[1], 1);
  expect_statistics("layer_norm_backward_input", inputs[2], inputs[1].dtype, {inputs[1].shape.back()});
  expect_rows("layer_norm_backward_input", inputs[1], inputs[3], inputs[4]);
  return {inputs[1]};
}

IndexMap LayerNormBackwardInput::index_map(std::span<const TensorType> inputs,
                                           std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[1].shape;
  return {axes_of(x, 1),
          {all_axes(x), all_axes(x), last_axis(x), leading_axes(x), leading_axes(x)},
          {all_axes(x)}};
}

std::vector<TensorType> LayerNormBackwardParams::infer(std::span<const TensorType> inputs) const {
  expect_inputs("layer_norm_backward_params", inputs.size(), 4);
  expect_same("layer_norm_backward_params", inputs[0], inputs[1]);
  expect_rank_at_least("layer_norm_backward_params", inputs[1], 1);
  expect_rows("layer_norm_backward_params", inputs[1], inputs[2], inputs[3]);
  const TensorType columns{statistics_of(inputs[1].dtype), {inputs[1].shape.back()}};
  return {columns, columns};
}

IndexMap LayerNormBackwardParams::index_map(std::span<const TensorType> inputs,
                                            std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[1].shape;
  // The last axis is free here: each column is a sum of its own.
  return {
      axes_of(x), {all_axes(x), all_axes(x), leading_axes(x), leading_axes(x)}, {last_axis(x), last_axis(x)}};
}

ValueId layer_norm_backward_input(GraphBuilder& build, const LayerNormValues& values) {
  return build.add1(std::make_shared<LayerNormBackwardInput>(),
                    {values.dy, values.x, values.gamma, values.mean, values.rstd});
}

std::pair<ValueId, ValueId> layer_norm_backward_params(GraphBuilder& build, const LayerNormValues& values) {
  const auto outputs =
      build.add(std::make_shared<LayerNormBackwardParams>(), {values.dy, values.x, values.mean, values.rstd});
  return {outputs[0], outputs[1]};
}

void register_layer_norm_backward(OpRegistry& registry) {
  registry.add<LayerNormBackwardInput>(nullptr);
  registry.add<LayerNormBackwardParams>(nullptr);
}

}  // namespace weft
