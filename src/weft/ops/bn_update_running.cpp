#include "weft/ops/bn_update_running.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/batch_norm.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct BnUpdateRunning final : Op {
  int64_t count;
  double momentum;
  BnUpdateRunning(int64_t n, double m) : count(n), momentum(m) {}

  std::string_view name() const override { return "bn_update_running"; }
  std::string attributes() const override { return fmt::format("count={} momentum={}", count, momentum); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 3);
    expect_dtype(name(), inputs[0], statistics_of(inputs[0].dtype));
    expect_rank_at_least(name(), inputs[0], 1);
    expect_same(name(), inputs[0], inputs[1]);
    expect_same(name(), inputs[2], {inputs[0].dtype, {2, inputs[0].shape[0]}});
    return {inputs[0], inputs[1]};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    return {{{"c", inputs[0].shape[0]}, {"two", 2, AxisKind::whole}},
            {{along(0)}, {along(0)}, {along(1), along(0)}},
            {{along(0)}, {along(0)}}};
  }
  Traits traits() const override { return {.in_place = {{0, 0}, {1, 1}}, .flops_per_point = 5}; }
};

Kernel bind(const BindRequest& request) {
  const auto& op = static_cast<const BnUpdateRunning&>(request.op);
  return {[count = static_cast<double>(op.count), momentum = op.momentum](const KernelContext& context) {
    kernels::bn_update_running(context.inputs[2], count, momentum, context.inputs[0], context.inputs[1],
                               context.outputs[0], context.outputs[1]);
  }};
}

OpCase random_case(CaseRandom& random) {
  const TensorType channels = real({random.between(1, 9)});
  OpCase result = case_of({channels, channels, real({2, channels.shape[0]})},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            const auto [mean, variance] =
                                bn_update_running(build, in[0], in[1], in[2], 12, 0.1);
                            return std::vector{mean, variance};
                          });
  result.differentiable.assign(3, false);
  return result;
}

}  // namespace

std::pair<ValueId, ValueId> bn_update_running(GraphBuilder& build, ValueId mean, ValueId variance,
                                              ValueId sums, int64_t count, double momentum) {
  const auto outputs = build.add(std::make_shared<BnUpdateRunning>(count, momentum), {mean, variance, sums});
  return {outputs[0], outputs[1]};
}

void register_bn_update_running(OpRegistry& registry) {
  registry.add({"bn_update_running", bind, random_case});
}

}  // namespace weft
