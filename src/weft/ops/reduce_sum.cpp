#include "weft/ops/reduce_sum.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/elementwise.h"
#include "weft/ops/add.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/fill.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/scale.h"

namespace weft {

namespace {

struct ReduceSum final : Op {
  double factor;
  explicit ReduceSum(double f) : factor(f) {}

  std::string_view name() const override { return "reduce_sum"; }
  std::string attributes() const override { return fmt::format("factor={}", factor); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("reduce_sum", inputs.size(), 1);
    expect_floating("reduce_sum", inputs[0]);
    return {{statistics_of(inputs[0].dtype), {}}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    GraphBuilder& build = context.build;
    const ValueId zeros = fill(build, build.type(context.inputs[0]), 0);
    return {add(build, zeros, scale(build, *context.output_gradients[0], factor))};
  }
};

Kernel bind(const BindRequest& request) {
  const double factor = static_cast<const ReduceSum&>(request.op).factor;
  return {[factor](const KernelContext& context) {
    kernels::reduce_sum(context.inputs[0], context.outputs[0], factor);
  }};
}

OpCase random_case(CaseRandom& random) {
  return case_of({real(random_dims(random, random.between(0, 3)))},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{reduce_sum(build, in[0], 0.5)};
                 });
}

}  // namespace

ValueId reduce_sum(GraphBuilder& build, ValueId x, double factor) {
  return build.add1(std::make_shared<ReduceSum>(factor), {x});
}

void register_reduce_sum(OpRegistry& registry) { registry.add({"reduce_sum", bind, random_case}); }

}  // namespace weft
