#include "weft/ops/optimizer/adamw.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> AdamW::infer(std::span<const TensorType> inputs) const {
  expect_inputs("adamw", inputs.size(), 7);
  const TensorType& param = inputs[0];
  expect_statistics("adamw", param, param.dtype, param.shape);
  for (const size_t i : {1, 2, 3}) expect_same("adamw", param, inputs[i]);
  for (const size_t i : {4, 6}) expect_same("adamw", inputs[i], {param.dtype, {}});
  expect_same("adamw", inputs[5], {DType::i64, {}});
  return {param, param, param};
}

IndexMap AdamW::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  OpCase result =
      case_of({type, type, type, type, real({}), {DType::i64, {}}, real({})},
              [](GraphBuilder& build, std::span<const ValueId> in) {
                const AdamWResults made =
                    adamw(build, {in[0], in[1], in[2], in[3], in[4], in[5], in[6]}, {.weight_decay = 0.1});
                return std::vector{made.param, made.m, made.v};
              });
  result.differentiable.assign(7, false);
  result.integer_bound[5] = 0;
  result.low = 0.1;  // v is a mean of squares
  result.high = 1;
  return result;
}

}  // namespace

AdamWResults adamw(GraphBuilder& build, const AdamWValues& values, const AdamWOptions& options) {
  const auto outputs = build.add(
      std::make_shared<AdamW>(options),
      {values.param, values.grad, values.m, values.v, values.learning_rate, values.step, values.grad_scale});
  return {outputs[0], outputs[1], outputs[2]};
}

void register_adamw(OpRegistry& registry) { registry.add<AdamW>(random_case); }

}  // namespace weft
