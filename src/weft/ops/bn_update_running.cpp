#include "weft/ops/bn_update_running.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> BnUpdateRunning::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 3);
  expect_dtype(kName, inputs[0], statistics_of(inputs[0].dtype));
  expect_rank_at_least(kName, inputs[0], 1);
  expect_same(kName, inputs[0], inputs[1]);
  expect_same(kName, inputs[2], {inputs[0].dtype, {2, inputs[0].shape[0]}});
  return {inputs[0], inputs[1]};
}

IndexMap BnUpdateRunning::index_map(std::span<const TensorType> inputs,
                                    std::span<const TensorType> /*outputs*/) const {
  return {{{"c", inputs[0].shape[0]}, {"two", 2, AxisKind::whole}},
          {{along(0)}, {along(0)}, {along(1), along(0)}},
          {{along(0)}, {along(0)}}};
}

namespace {

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

void register_bn_update_running(OpRegistry& registry) { registry.add<BnUpdateRunning>(random_case); }

}  // namespace weft
