#include "weft/ops/layer_norm.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/layer_norm_backward.h"
#include "weft/ops/operand_types.h"

namespace weft {

/// Outputs y, the means and the reciprocal standard deviations [...].
std::vector<TensorType> LayerNorm::infer(std::span<const TensorType> inputs) const {
  expect_inputs("layer_norm", inputs.size(), 3);
  const TensorType& x = inputs[0];
  expect_floating("layer_norm", x);
  expect_rank_at_least("layer_norm", x, 1);
  for (const size_t i : {1, 2}) expect_statistics("layer_norm", inputs[i], x.dtype, {x.shape.back()});
  const TensorType rows{statistics_of(x.dtype), leading(x.shape, x.shape.size() - 1)};
  return {x, rows, rows};
}

IndexMap LayerNorm::index_map(std::span<const TensorType> inputs,
                              std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {axes_of(x, 1),
          {all_axes(x), last_axis(x), last_axis(x)},
          {all_axes(x), leading_axes(x), leading_axes(x)}};
}

std::vector<std::optional<ValueId>> LayerNorm::gradient(const GradientContext& context) const {
  // None through the means and deviations, which are for the backward pass.
  const auto& dy = context.output_gradients;
  if (!dy[0] || dy[1] || dy[2]) return std::vector<std::optional<ValueId>>(3);
  const LayerNormValues values{*dy[0], context.inputs[0], context.inputs[1], context.outputs[1],
                               context.outputs[2]};
  std::vector<std::optional<ValueId>> gradients(3);
  if (context.needed[1] || context.needed[2]) {
    const auto [dgamma, dbeta] = layer_norm_backward_params(context.build, values);
    gradients[1] = dgamma;
    gradients[2] = dbeta;
  }
  if (context.needed[0]) gradients[0] = layer_norm_backward_input(context.build, values);
  return gradients;
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(1, 3));
  x.back() = random.between(2, 40);  // past one vector
  return case_of({real(x), real({x.back()}), real({x.back()})},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   // A large epsilon keeps the derivatives of nearly constant rows within reach of
                   // differences.
                   return std::vector{layer_norm(build, in[0], in[1], in[2], 0.1)};
                 });
}

}  // namespace

ValueId layer_norm(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon) {
  return build.add(std::make_shared<LayerNorm>(epsilon), {x, gamma, beta})[0];
}

void register_layer_norm(OpRegistry& registry) { registry.add<LayerNorm>(random_case); }

}  // namespace weft
