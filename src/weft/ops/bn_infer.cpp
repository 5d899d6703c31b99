#include "weft/ops/bn_infer.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/batch_norm.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct BnInfer final : Op {
  double epsilon;
  explicit BnInfer(double e) : epsilon(e) {}

  std::string_view name() const override { return "bn_infer"; }
  std::string attributes() const override { return fmt::format("epsilon={}", epsilon); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("bn_infer", inputs.size(), 5);
    const TensorType& x = inputs[0];
    expect_floating("bn_infer", x);
    expect_rank_at_least("bn_infer", x, 1);
    for (const TensorType& type : inputs.subspan(1)) {
      expect_statistics("bn_infer", type, x.dtype, {x.shape.back()});
    }
    return {x};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override {
    return trailing_map(inputs[0].shape, inputs, outputs);
  }
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 2}; }
};

Kernel bind(const BindRequest& request) {
  const double epsilon = static_cast<const BnInfer&>(request.op).epsilon;
  return {[epsilon](const KernelContext& context) {
    kernels::bn_infer(context.inputs[0], context.inputs[1], context.inputs[2], context.inputs[3],
                      context.inputs[4], epsilon, context.outputs[0]);
  }};
}

OpCase random_case(CaseRandom& random) {
  const Dims x = random_dims(random, random.between(2, 4), 5);
  const TensorType channels = real({x.back()});
  OpCase result = case_of({real(x), channels, channels, channels, channels},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{bn_infer(build, in[0], in[1], in[2], in[3], in[4], 1e-3)};
                          });
  result.differentiable.assign(5, false);
  result.low = 0.1;  // variances are positive
  return result;
}

}  // namespace

ValueId bn_infer(GraphBuilder& build, ValueId x, ValueId mean, ValueId variance, ValueId gamma, ValueId beta,
                 double epsilon) {
  return build.add1(std::make_shared<BnInfer>(epsilon), {x, mean, variance, gamma, beta});
}

void register_bn_infer(OpRegistry& registry) { registry.add({"bn_infer", bind, random_case}); }

}  // namespace weft
