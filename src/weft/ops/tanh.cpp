#include "weft/ops/tanh.h"

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// dx from (dy, y): the slope is 1 - y^2, and x need not be kept.
struct TanhBackward final : Op {
  std::string_view name() const override { return "tanh_backward"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("tanh_backward", inputs.size(), 2);
    expect_same("tanh_backward", inputs[0], inputs[1]);
    return {inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[1].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
};

struct Tanh final : Op {
  std::string_view name() const override { return "tanh"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("tanh", inputs.size(), 1);
    expect_floating("tanh", inputs[0]);
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {context.build.add1(std::make_shared<TanhBackward>(),
                               {*context.output_gradients[0], context.outputs[0]})};
  }
};

Kernel bind(const BindRequest&) {
  return {[](const KernelContext& context) { kernels::tanh(context.inputs[0], context.outputs[0]); }};
}

Kernel bind_backward(const BindRequest&) {
  return {[](const KernelContext& context) {
    kernels::tanh_backward(context.inputs[0], context.inputs[1], context.outputs[0]);
  }};
}

OpCase random_case(CaseRandom& random) {
  return case_of(
      {real(random_dims(random, random.between(0, 3)))},
      [](GraphBuilder& build, std::span<const ValueId> in) { return std::vector{tanh(build, in[0])}; });
}

}  // namespace

ValueId tanh(GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<Tanh>(), {x}); }

void register_tanh(OpRegistry& registry) {
  registry.add({"tanh", bind, random_case});
  registry.add({"tanh_backward", bind_backward, nullptr});
}

}  // namespace weft
