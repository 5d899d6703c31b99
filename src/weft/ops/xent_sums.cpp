#include "weft/ops/xent_sums.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// Axes: rows…, v, and the two sums.
std::vector<Axis> sums_axes(const Dims& logits) {
  std::vector<Axis> axes = axes_of(logits);
  axes.push_back({"two", 2, AxisKind::whole});
  return axes;
}

OperandMap sums_map(const Dims& logits) {
  OperandMap map = leading_axes(logits);
  map.push_back(along(static_cast<int>(logits.size())));
  return map;
}

Dims sums_shape(const Dims& logits) {
  Dims shape = logits;
  shape.back() = 2;
  return shape;
}

void expect_rows(std::string_view op, const TensorType& logits, const TensorType& max,
                 const TensorType& targets) {
  const Dims rows = leading(logits.shape, logits.shape.size() - 1);
  expect_statistics(op, max, logits.dtype, rows);
  expect_dtype(op, targets, DType::i32);
  expect_shape(op, targets, rows);
}

}  // namespace

std::vector<TensorType> XentSumsBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("xent_sums_backward", inputs.size(), 4);
  expect_rank_at_least("xent_sums_backward", inputs[0], 1);
  expect_statistics("xent_sums_backward", inputs[1], inputs[0].dtype, sums_shape(inputs[0].shape));
  expect_rows("xent_sums_backward", inputs[0], inputs[2], inputs[3]);
  return {inputs[0]};
}

IndexMap XentSumsBackward::index_map(std::span<const TensorType> inputs,
                                     std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {sums_axes(x), {all_axes(x), sums_map(x), leading_axes(x), leading_axes(x)}, {all_axes(x)}};
}

OpPtr XentSumsBackward::localize(const LocalRegions& regions) const {
  return std::make_shared<XentSumsBackward>(vocab_begin + regions.inputs[0].ranges.back().begin);
}

std::vector<TensorType> XentSums::infer(std::span<const TensorType> inputs) const {
  expect_inputs("xent_sums", inputs.size(), 3);
  expect_floating("xent_sums", inputs[0]);
  expect_rank_at_least("xent_sums", inputs[0], 1);
  expect_rows("xent_sums", inputs[0], inputs[1], inputs[2]);
  return {{statistics_of(inputs[0].dtype), sums_shape(inputs[0].shape)}};
}

IndexMap XentSums::index_map(std::span<const TensorType> inputs,
                             std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {sums_axes(x), {all_axes(x), leading_axes(x), leading_axes(x)}, {sums_map(x)}};
}

OpPtr XentSums::localize(const LocalRegions& regions) const {
  return std::make_shared<XentSums>(vocab_begin + regions.inputs[0].ranges.back().begin);
}

std::vector<std::optional<ValueId>> XentSums::gradient(const GradientContext& context) const {
  const auto& in = context.inputs;
  return {context.build.add1(std::make_shared<XentSumsBackward>(vocab_begin),
                             {in[0], *context.output_gradients[0], in[1], in[2]}),
          std::nullopt, std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  Dims logits = random_dims(random, random.between(1, 3), 5);
  logits.back() = random.between(1, 40);  // past one vector
  const Dims rows = leading(logits, logits.size() - 1);
  OpCase result = case_of({real(logits), real(rows), indices(rows)},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{xent_sums(build, in[0], in[1], in[2])};
                          });
  result.integer_bound[2] = logits.back();
  result.differentiable[1] = false;
  return result;
}

}  // namespace

ValueId xent_sums(GraphBuilder& build, ValueId logits, ValueId max, ValueId targets) {
  return build.add1(std::make_shared<XentSums>(0), {logits, max, targets});
}

void register_xent_sums(OpRegistry& registry) {
  registry.add<XentSums>(random_case);
  registry.add<XentSumsBackward>(nullptr);
}

}  // namespace weft
