#include "weft/ops/scale.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct Scale final : Op {
  double factor;
  explicit Scale(double f) : factor(f) {}

  std::string_view name() const override { return "scale"; }
  std::string attributes() const override { return fmt::format("factor={}", factor); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("scale", inputs.size(), 1);
    expect_floating("scale", inputs[0]);
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {scale(context.build, *context.output_gradients[0], factor)};
  }
};

Kernel bind(const BindRequest& request) {
  const double factor = static_cast<const Scale&>(request.op).factor;
  return {[factor](const KernelContext& context) {
    kernels::scale(context.inputs[0], factor, context.outputs[0]);
  }};
}

OpCase random_case(CaseRandom& random) {
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{scale(build, in[0], -1.75)};
                 });
}

}  // namespace

ValueId scale(GraphBuilder& build, ValueId x, double factor) {
  return build.add1(std::make_shared<Scale>(factor), {x});
}

void register_scale(OpRegistry& registry) { registry.add({"scale", bind, random_case}); }

}  // namespace weft
