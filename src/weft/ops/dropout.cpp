#include "weft/ops/dropout.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Dropout::infer(std::span<const TensorType> inputs) const {
  expect_inputs("dropout", inputs.size(), 2);
  expect_floating("dropout", inputs[0]);
  expect_shape("dropout", inputs[0], region.shape());
  expect_same("dropout", inputs[1], {DType::i64, {}});
  return {inputs[0]};
}

IndexMap Dropout::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

OpPtr Dropout::localize(const LocalRegions& regions) const {
  Region part = regions.outputs[0];
  for (size_t d = 0; d < part.ranges.size(); ++d) {
    part.ranges[d].begin += region.ranges[d].begin;
    part.ranges[d].end += region.ranges[d].begin;
  }
  return std::make_shared<Dropout>(rate, seed, stream, global, part);
}

/// Linear in x, so the same op with the same mask.
std::vector<std::optional<ValueId>> Dropout::gradient(const GradientContext& context) const {
  return {
      context.build.add1(std::make_shared<Dropout>(*this), {*context.output_gradients[0], context.inputs[1]}),
      std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  OpCase result = case_of({real(random_dims(random, random.between(0, 3))), {DType::i64, {}}},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{dropout(build, in[0], in[1], 0.3, 5, 2)};
                          });
  result.integer_bound[1] = 100;
  return result;
}

}  // namespace

ValueId dropout(GraphBuilder& build, ValueId x, ValueId step, double rate, uint64_t seed, uint64_t stream) {
  if (!(rate >= 0 && rate < 1)) user_error("dropout: got the rate {}, expected one in [0, 1).", rate);
  if (rate == 0) return x;
  const Dims shape = build.type(x).shape;
  return build.add1(std::make_shared<Dropout>(rate, seed, stream, shape, Region::all(shape)), {x, step});
}

void register_dropout(OpRegistry& registry) { registry.add<Dropout>(random_case); }

}  // namespace weft
