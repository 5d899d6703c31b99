#include "weft/ops/bn_sums.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> BnSums::infer(std::span<const TensorType> inputs) const {
  expect_inputs("bn_sums", inputs.size(), 1);
  expect_floating("bn_sums", inputs[0]);
  expect_rank_at_least("bn_sums", inputs[0], 2);
  return {{statistics_of(inputs[0].dtype), {2, inputs[0].shape.back()}}};
}

IndexMap BnSums::index_map(std::span<const TensorType> inputs,
                           std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {channel_axes(x), {all_axes(x)}, {channel_sums_map(x)}};
}

namespace {

OpCase random_case(CaseRandom& random) {
  OpCase result = case_of(
      {real(random_dims(random, random.between(2, 4)))},
      [](GraphBuilder& build, std::span<const ValueId> in) { return std::vector{bn_sums(build, in[0])}; });
  result.differentiable = {false};
  return result;
}

}  // namespace

std::vector<Axis> channel_axes(const Dims& x) {
  std::vector<Axis> axes = axes_of(x);
  axes.push_back({"two", 2, AxisKind::whole});
  return axes;
}

OperandMap channel_sums_map(const Dims& x) {
  const int channels = static_cast<int>(x.size()) - 1;
  return {along(channels + 1), along(channels)};
}

ValueId bn_sums(GraphBuilder& build, ValueId x) { return build.add1(std::make_shared<BnSums>(), {x}); }

void register_bn_sums(OpRegistry& registry) { registry.add<BnSums>(random_case); }

}  // namespace weft
