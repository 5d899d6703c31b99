#include "weft/ops/bn_infer.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> BnInfer::infer(std::span<const TensorType> inputs) const {
  expect_inputs("bn_infer", inputs.size(), 5);
  const TensorType& x = inputs[0];
  expect_floating("bn_infer", x);
  expect_rank_at_least("bn_infer", x, 1);
  for (const TensorType& type : inputs.subspan(1)) {
    expect_statistics("bn_infer", type, x.dtype, {x.shape.back()});
  }
  return {x};
}

IndexMap BnInfer::index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const {
  return trailing_map(inputs[0].shape, inputs, outputs);
}

namespace {

OpCase random_case(CaseRandom& random) {
  const Dims x = random_dims(random, random.between(2, 4), 5);
  const TensorType channels = real({x.back()});
  OpCase result = case_of({real(x), channels, channels, channels, channels},
                          [](GraphBuilder& build, std::span<const ValueId> in) {
                            return std::vector{bn_infer(build, in[0], in[1], in[2], in[3], in[4], 1e-3)};
                          });
  result.differentiable.assign(5, false);
  result.low = 0.1;  // variances are positive
  return result;
}

}  // namespace

ValueId bn_infer(GraphBuilder& build, ValueId x, ValueId mean, ValueId variance, ValueId gamma, ValueId beta,
                 double epsilon) {
  return build.add1(std::make_shared<BnInfer>(epsilon), {x, mean, variance, gamma, beta});
}

void register_bn_infer(OpRegistry& registry) { registry.add<BnInfer>(random_case); }

}  // namespace weft
