#include "weft/ops/cast.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct Cast final : Op {
  DType dtype;
  explicit Cast(DType d) : dtype(d) {}

  std::string_view name() const override { return "cast"; }
  std::string attributes() const override { return fmt::format("dtype={}", name_of(dtype)); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("cast", inputs.size(), 1);
    expect_floating("cast", inputs[0]);
    return {{dtype, inputs[0].shape}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.hoistable = true}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {cast(context.build, *context.output_gradients[0], context.build.type(context.inputs[0]).dtype)};
  }
};

Kernel bind(const BindRequest&) {
  return {[](const KernelContext& context) { kernels::cast(context.inputs[0], context.outputs[0]); }};
}

/// Not differentiable: rounding drowns differences. A test of its own looks at the gradient.
OpCase random_case(CaseRandom& random) {
  OpCase result = case_of({real(random_dims(random, random.between(0, 3)))},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            const bool narrow = build.type(in[0]).dtype == DType::f32;
                            return std::vector{cast(build, in[0], narrow ? DType::f64 : DType::f32)};
                          });
  result.differentiable = {false};
  return result;
}

}  // namespace

ValueId cast(GraphBuilder& build, ValueId x, DType dtype) {
  if (build.type(x).dtype == dtype) return x;
  return build.add1(std::make_shared<Cast>(dtype), {x});
}

void register_cast(OpRegistry& registry) { registry.add({"cast", bind, random_case}); }

}  // namespace weft
