#include "weft/ops/shape/mix_pairs.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/shape/reshape.h"

namespace weft {

std::vector<TensorType> MixPairs::infer(std::span<const TensorType> inputs) const {
  expect_inputs("mix_pairs", inputs.size(), 2);
  expect_floating("mix_pairs", inputs[0]);
  expect_rank_at_least("mix_pairs", inputs[0], 2);
  expect_same("mix_pairs", inputs[1], {statistics_of(inputs[0].dtype), {}});
  if (inputs[0].shape[1] != 2) {
    user_error("mix_pairs: got {}, expected pairs in the second dimension.", to_string(inputs[0]));
  }
  return {inputs[0]};
}

/// Each row of a pair needs the other, so that pairs are whole.
IndexMap MixPairs::index_map(std::span<const TensorType> inputs,
                             std::span<const TensorType> /*outputs*/) const {
  IndexMap map;
  map.axes = axes_of(inputs[0].shape);
  map.axes[1].kind = AxisKind::whole;
  map.inputs = {all_axes(inputs[0].shape), {}};
  map.outputs = {all_axes(inputs[0].shape)};
  return map;
}

/// The mixture is its own transpose.
std::vector<std::optional<ValueId>> MixPairs::gradient(const GradientContext& context) const {
  return {context.build.add1(std::make_shared<MixPairs>(), {*context.output_gradients[0], context.inputs[1]}),
          std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims shape = random_dims(random, random.between(1, 3));
  shape[0] *= 2;
  OpCase result = case_of({real(shape), real({})}, [](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{mix_pairs(build, in[0], in[1])};
  });
  result.differentiable[1] = false;
  return result;
}

}  // namespace

ValueId mix_pairs(GraphBuilder& build, ValueId x, ValueId share) {
  const Dims shape = build.type(x).shape;
  if (shape.empty() || shape[0] % 2 != 0) {
    user_error("mix_pairs: got {}, expected an even number of rows.", to_string(build.type(x)));
  }
  Dims pairs = shape;
  pairs[0] /= 2;
  pairs.insert(pairs.begin() + 1, 2);
  const ValueId mixed = build.add1(std::make_shared<MixPairs>(), {reshape(build, x, pairs), share});
  return reshape(build, mixed, shape);
}

void register_mix_pairs(OpRegistry& registry) { registry.add<MixPairs>(random_case); }

}  // namespace weft
