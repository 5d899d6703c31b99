#include "weft/ops/gelu.h"

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

std::string text_of(GeluKind kind) { return kind == GeluKind::tanh ? "kind=tanh" : "kind=erf"; }

/// dx from (dy, x).
struct GeluBackward final : Op {
  GeluKind kind;
  explicit GeluBackward(GeluKind k) : kind(k) {}

  std::string_view name() const override { return "gelu_backward"; }
  std::string attributes() const override { return text_of(kind); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("gelu_backward", inputs.size(), 2);
    expect_same("gelu_backward", inputs[0], inputs[1]);
    return {inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[1].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 20}; }
};

struct Gelu final : Op {
  GeluKind kind;
  explicit Gelu(GeluKind k) : kind(k) {}

  std::string_view name() const override { return "gelu"; }
  std::string attributes() const override { return text_of(kind); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("gelu", inputs.size(), 1);
    expect_floating("gelu", inputs[0]);
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 15}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {context.build.add1(std::make_shared<GeluBackward>(kind),
                               {*context.output_gradients[0], context.inputs[0]})};
  }
};

Kernel bind(const BindRequest& request) {
  const bool tanh = static_cast<const Gelu&>(request.op).kind == GeluKind::tanh;
  return {
      [tanh](const KernelContext& context) { kernels::gelu(context.inputs[0], context.outputs[0], tanh); }};
}

Kernel bind_backward(const BindRequest& request) {
  const bool tanh = static_cast<const GeluBackward&>(request.op).kind == GeluKind::tanh;
  return {[tanh](const KernelContext& context) {
    kernels::gelu_backward(context.inputs[0], context.inputs[1], context.outputs[0], tanh);
  }};
}

OpCase random_case(CaseRandom& random) {
  const GeluKind kind = random.coin() ? GeluKind::tanh : GeluKind::erf;
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [kind](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{gelu(build, in[0], kind)};
                 });
}

}  // namespace

ValueId gelu(GraphBuilder& build, ValueId x, GeluKind kind) {
  return build.add1(std::make_shared<Gelu>(kind), {x});
}

void register_gelu(OpRegistry& registry) {
  registry.add({"gelu", bind, random_case});
  registry.add({"gelu_backward", bind_backward, nullptr});
}

}  // namespace weft
