#include "weft/ops/bn_backward.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/batch_norm.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

std::string text_of(int64_t count, double epsilon) {
  return fmt::format("count={} epsilon={}", count, epsilon);
}

/// (dy, x, sums) -> [2, C].
struct BnBackwardSums final : Op {
  int64_t count;
  double epsilon;
  BnBackwardSums(int64_t n, double e) : count(n), epsilon(e) {}

  std::string_view name() const override { return "bn_backward_sums"; }
  std::string attributes() const override { return text_of(count, epsilon); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 3);
    expect_same(name(), inputs[0], inputs[1]);
    expect_statistics(name(), inputs[2], inputs[1].dtype, {2, inputs[1].shape.back()});
    return {inputs[2]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[1].shape;
    return {channel_axes(x), {all_axes(x), all_axes(x), channel_sums_map(x)}, {channel_sums_map(x)}};
  }
  Traits traits() const override { return {.flops_per_point = 2.5}; }
};

/// (dy, x, sums, backward sums, gamma) -> dx.
struct BnBackwardInput final : Op {
  int64_t count;
  double epsilon;
  BnBackwardInput(int64_t n, double e) : count(n), epsilon(e) {}

  std::string_view name() const override { return "bn_backward_input"; }
  std::string attributes() const override { return text_of(count, epsilon); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 5);
    const TensorType& x = inputs[1];
    expect_same(name(), inputs[0], x);
    for (const size_t i : {2, 3}) expect_statistics(name(), inputs[i], x.dtype, {2, x.shape.back()});
    expect_statistics(name(), inputs[4], x.dtype, {x.shape.back()});
    return {x};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[1].shape;
    return {channel_axes(x),
            {all_axes(x), all_axes(x), channel_sums_map(x), channel_sums_map(x), last_axis(x)},
            {all_axes(x)}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}, {0, 1}}, .flops_per_point = 2.5}; }
};

/// backward sums [2, C] -> (dgamma, dbeta) [C].
struct BnBackwardParams final : Op {
  std::string_view name() const override { return "bn_backward_params"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 1);
    expect_shape(name(), inputs[0], {2, inputs[0].shape.back()});
    const TensorType channels{inputs[0].dtype, {inputs[0].shape[1]}};
    return {channels, channels};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    return {{{"two", 2, AxisKind::whole}, {"c", inputs[0].shape[1]}},
            {{along(0), along(1)}},
            {{along(1)}, {along(1)}}};
  }
  Traits traits() const override { return {.flops_per_point = 0}; }
};

Kernel bind_sums(const BindRequest& request) {
  const auto& op = static_cast<const BnBackwardSums&>(request.op);
  return {[count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_backward_sums(context.inputs[0], context.inputs[1], context.inputs[2], count, epsilon,
                              context.outputs[0]);
  }};
}

Kernel bind_input(const BindRequest& request) {
  const auto& op = static_cast<const BnBackwardInput&>(request.op);
  return {[count = static_cast<double>(op.count), epsilon = op.epsilon](const KernelContext& context) {
    kernels::bn_backward_input(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                               context.inputs[4], count, epsilon, context.outputs[0]);
  }};
}

Kernel bind_params(const BindRequest&) {
  return {[](const KernelContext& context) {
    kernels::bn_backward_params(context.inputs[0], context.outputs[0], context.outputs[1]);
  }};
}

}  // namespace

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
  registry.add({"bn_backward_sums", bind_sums, nullptr});
  registry.add({"bn_backward_input", bind_input, nullptr});
  registry.add({"bn_backward_params", bind_params, nullptr});
}

}  // namespace weft
