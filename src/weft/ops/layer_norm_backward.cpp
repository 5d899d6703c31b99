#include "weft/ops/layer_norm_backward.h"

#include "weft/graph/op_registry.h"
#include "weft/kernels/layer_norm.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

void expect_rows(std::string_view op, const TensorType& x, const TensorType& mean, const TensorType& rstd) {
  const Dims rows = leading(x.shape, x.shape.size() - 1);
  expect_statistics(op, mean, x.dtype, rows);
  expect_statistics(op, rstd, x.dtype, rows);
}

/// dx from (dy, x, gamma, mean, rstd).
struct LayerNormBackwardInput final : Op {
  std::string_view name() const override { return "layer_norm_backward_input"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 5);
    expect_same(name(), inputs[0], inputs[1]);
    expect_statistics(name(), inputs[2], inputs[1].dtype, {inputs[1].shape.back()});
    expect_rows(name(), inputs[1], inputs[3], inputs[4]);
    return {inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[1].shape;
    return {axes_of(x, 1),
            {all_axes(x), all_axes(x), last_axis(x), leading_axes(x), leading_axes(x)},
            {all_axes(x)}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 10}; }
};

/// dgamma and dbeta from (dy, x, mean, rstd): sums over the rows.
struct LayerNormBackwardParams final : Op {
  std::string_view name() const override { return "layer_norm_backward_params"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 4);
    expect_same(name(), inputs[0], inputs[1]);
    expect_rows(name(), inputs[1], inputs[2], inputs[3]);
    const TensorType columns{statistics_of(inputs[1].dtype), {inputs[1].shape.back()}};
    return {columns, columns};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[1].shape;
    // The last axis is free here: each column is a sum of its own.
    return {axes_of(x),
            {all_axes(x), all_axes(x), leading_axes(x), leading_axes(x)},
            {last_axis(x), last_axis(x)}};
  }
  Traits traits() const override { return {.flops_per_point = 5}; }
};

Kernel bind_input(const BindRequest&) {
  return {[](const KernelContext& context) {
    kernels::layer_norm_backward_input(context.inputs[0], context.inputs[1], context.inputs[2],
                                       context.inputs[3], context.inputs[4], context.outputs[0]);
  }};
}

Kernel bind_params(const BindRequest&) {
  return {[](const KernelContext& context) {
    kernels::layer_norm_backward_params(context.inputs[0], context.inputs[1], context.inputs[2],
                                        context.inputs[3], context.outputs[0], context.outputs[1]);
  }};
}

}  // namespace

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
  registry.add({"layer_norm_backward_input", bind_input, nullptr});
  registry.add({"layer_norm_backward_params", bind_params, nullptr});
}

}  // namespace weft
