#include "weft/ops/clip_factor.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/optimizer.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct ClipFactor final : Op {
  double max_norm;
  explicit ClipFactor(double n) : max_norm(n) {}

  std::string_view name() const override { return "clip_factor"; }
  std::string attributes() const override { return fmt::format("max_norm={}", max_norm); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("clip_factor", inputs.size(), 1);
    expect_statistics("clip_factor", inputs[0], inputs[0].dtype, {});
    return {inputs[0]};
  }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override {
    return {{}, {{}}, {{}}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}}}; }
};

Kernel bind(const BindRequest& request) {
  const double max_norm = static_cast<const ClipFactor&>(request.op).max_norm;
  return {[max_norm](const KernelContext& context) {
    kernels::clip_factor(context.inputs[0], max_norm, context.outputs[0]);
  }};
}

OpCase random_case(CaseRandom& random) {
  const double max_norm = random.coin() ? 0.5 : 0;
  OpCase result = case_of({real({})}, [max_norm](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{clip_factor(build, in[0], max_norm)};
  });
  result.differentiable = {false};
  result.low = 0;
  return result;
}

}  // namespace

ValueId clip_factor(GraphBuilder& build, ValueId sum_squares, double max_norm) {
  return build.add1(std::make_shared<ClipFactor>(max_norm), {sum_squares});
}

void register_clip_factor(OpRegistry& registry) { registry.add({"clip_factor", bind, random_case}); }

}  // namespace weft
