#include "weft/ops/xent_loss.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

/// Axes: rows…, and the two sums.
void expect_sums(std::string_view op, const TensorType& sums, const TensorType& targets) {
  expect_dtype(op, sums, statistics_of(sums.dtype));
  expect_dtype(op, targets, DType::i32);
  Dims shape = targets.shape;
  shape.push_back(2);
  expect_shape(op, sums, shape);
}

}  // namespace

std::vector<TensorType> XentLossBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs("xent_loss_backward", inputs.size(), 3);
  expect_same("xent_loss_backward", inputs[0], {inputs[1].dtype, {}});
  expect_sums("xent_loss_backward", inputs[1], inputs[2]);
  return {inputs[1]};
}

IndexMap XentLossBackward::index_map(std::span<const TensorType> inputs,
                                     std::span<const TensorType> /*outputs*/) const {
  const Dims& sums = inputs[1].shape;
  return {axes_of(sums, 1), {{}, all_axes(sums), leading_axes(sums)}, {all_axes(sums)}};
}

std::vector<TensorType> XentLoss::infer(std::span<const TensorType> inputs) const {
  expect_inputs("xent_loss", inputs.size(), 3);
  expect_sums("xent_loss", inputs[1], inputs[2]);
  expect_same("xent_loss", inputs[0], {inputs[1].dtype, inputs[2].shape});
  return {{inputs[0].dtype, {}}};
}

IndexMap XentLoss::index_map(std::span<const TensorType> inputs,
                             std::span<const TensorType> /*outputs*/) const {
  const Dims& sums = inputs[1].shape;
  return {axes_of(sums, 1), {leading_axes(sums), all_axes(sums), leading_axes(sums)}, {{}}};
}

std::vector<std::optional<ValueId>> XentLoss::gradient(const GradientContext& context) const {
  return {std::nullopt,
          context.build.add1(std::make_shared<XentLossBackward>(scale),
                             {*context.output_gradients[0], context.inputs[1], context.inputs[2]}),
          std::nullopt};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims rows = random_dims(random, random.between(0, 2));
  Dims sums = rows;
  sums.push_back(2);
  OpCase result =
      case_of({real(rows), real(sums), indices(rows)}, [](GraphBuilder& build, std::span<const ValueId> in) {
        return std::vector{xent_loss(build, in[0], in[1], in[2], 0.25)};
      });
  result.integer_bound[2] = 5;
  result.differentiable[0] = false;
  result.low = 0.5;  // sums of exponentials are positive
  result.high = 3;
  return result;
}

}  // namespace

ValueId xent_loss(GraphBuilder& build, ValueId max, ValueId sums, ValueId targets, double scale) {
  return build.add1(std::make_shared<XentLoss>(scale), {max, sums, targets});
}

void register_xent_loss(OpRegistry& registry) {
  registry.add<XentLoss>(random_case);
  registry.add<XentLossBackward>(nullptr);
}

}  // namespace weft
