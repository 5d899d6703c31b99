#include "weft/ops/softmax.h"

#include "weft/graph/op_registry.h"
#include "weft/kernels/softmax.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// dx from (dy, y).
struct SoftmaxBackward final : Op {
  std::string_view name() const override { return "softmax_backward"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("softmax_backward", inputs.size(), 2);
    expect_same("softmax_backward", inputs[0], inputs[1]);
    return {inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& y = inputs[1].shape;
    return {axes_of(y, 1), {all_axes(y), all_axes(y)}, {all_axes(y)}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 4}; }
};

struct Softmax final : Op {
  std::string_view name() const override { return "softmax"; }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("softmax", inputs.size(), 1);
    expect_floating("softmax", inputs[0]);
    expect_rank_at_least("softmax", inputs[0], 1);
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[0].shape;
    return {axes_of(x, 1), {all_axes(x)}, {all_axes(x)}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 5}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {context.build.add1(std::make_shared<SoftmaxBackward>(),
                               {*context.output_gradients[0], context.outputs[0]})};
  }
};

Kernel bind(const BindRequest&) {
  return {[](const KernelContext& context) { kernels::softmax(context.inputs[0], context.outputs[0]); }};
}

Kernel bind_backward(const BindRequest&) {
  return {[](const KernelContext& context) {
    kernels::softmax_backward(context.inputs[0], context.inputs[1], context.outputs[0]);
  }};
}

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
  registry.add({"softmax", bind, random_case});
  registry.add({"softmax_backward", bind_backward, nullptr});
}

}  // namespace weft
