#include "weft/ops/mse.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/mse.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// dx from (dloss, x, target).
struct MseBackward final : Op {
  double scale;
  explicit MseBackward(double s) : scale(s) {}

  std::string_view name() const override { return "mse_backward"; }
  std::string attributes() const override { return fmt::format("scale={}", scale); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("mse_backward", inputs.size(), 3);
    expect_same("mse_backward", inputs[0], {statistics_of(inputs[1].dtype), {}});
    expect_same("mse_backward", inputs[1], inputs[2]);
    return {inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[1].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 1}, {0, 2}}, .flops_per_point = 2}; }
};

struct Mse final : Op {
  double scale;
  explicit Mse(double s) : scale(s) {}

  std::string_view name() const override { return "mse"; }
  std::string attributes() const override { return fmt::format("scale={}", scale); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("mse", inputs.size(), 2);
    expect_floating("mse", inputs[0]);
    expect_same("mse", inputs[0], inputs[1]);
    return {{statistics_of(inputs[0].dtype), {}}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.flops_per_point = 3}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {context.build.add1(std::make_shared<MseBackward>(scale),
                               {*context.output_gradients[0], context.inputs[0], context.inputs[1]}),
            std::nullopt};
  }
};

Kernel bind(const BindRequest& request) {
  const double scale = static_cast<const Mse&>(request.op).scale;
  return {[scale](const KernelContext& context) {
    kernels::mse(context.inputs[0], context.inputs[1], scale, context.outputs[0]);
  }};
}

Kernel bind_backward(const BindRequest& request) {
  const double scale = static_cast<const MseBackward&>(request.op).scale;
  return {[scale](const KernelContext& context) {
    kernels::mse_backward(context.inputs[1], context.inputs[2], context.inputs[0], scale, context.outputs[0]);
  }};
}

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  OpCase result = case_of({type, type}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{mse(build, in[0], in[1], 0.3)};
  });
  result.differentiable[1] = false;
  return result;
}

}  // namespace

ValueId mse(GraphBuilder& build, ValueId x, ValueId target, double scale) {
  return build.add1(std::make_shared<Mse>(scale), {x, target});
}

void register_mse(OpRegistry& registry) {
  registry.add({"mse", bind, random_case});
  registry.add({"mse_backward", bind_backward, nullptr});
}

}  // namespace weft
