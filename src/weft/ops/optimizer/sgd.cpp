#include "weft/ops/optimizer/sgd.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> Sgd::infer(std::span<const TensorType> inputs) const {
  expect_inputs("sgd", inputs.size(), 5);
  const TensorType& param = inputs[0];
  expect_statistics("sgd", param, param.dtype, param.shape);
  for (const size_t i : {1, 2}) expect_same("sgd", param, inputs[i]);
  for (const size_t i : {3, 4}) expect_same("sgd", inputs[i], {param.dtype, {}});
  return {param, param};
}

IndexMap Sgd::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const TensorType type = real(random_dims(random, random.between(0, 3)));
  OpCase result =
      case_of({type, type, type, real({}), real({})}, [](GraphBuilder& build, std::span<const ValueId> in) {
        const SgdResults made = sgd(build, {in[0], in[1], in[2], in[3], in[4]}, {0.9, 0.01});
        return std::vector{made.param, made.momentum};
      });
  result.differentiable.assign(5, false);
  return result;
}

}  // namespace

SgdResults sgd(GraphBuilder& build, const SgdValues& values, const SgdOptions& options) {
  const auto outputs = build.add(std::make_shared<Sgd>(options), {values.param, values.grad, values.momentum,
                                                                  values.learning_rate, values.grad_scale});
  return {outputs[0], outputs[1]};
}

void register_sgd(OpRegistry& registry) { registry.add<Sgd>(random_case); }

}  // namespace weft
