#include "weft/ops/bn_apply.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/bn_backward.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> BnApply::infer(std::span<const TensorType> inputs) const {
  expect_inputs("bn_apply", inputs.size(), 4);
  const TensorType& x = inputs[0];
  expect_floating("bn_apply", x);
  expect_rank_at_least("bn_apply", x, 2);
  expect_statistics("bn_apply", inputs[1], x.dtype, {2, x.shape.back()});
  for (const size_t i : {2, 3}) expect_statistics("bn_apply", inputs[i], x.dtype, {x.shape.back()});
  return {x};
}

IndexMap BnApply::index_map(std::span<const TensorType> inputs,
                            std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {channel_axes(x), {all_axes(x), channel_sums_map(x), last_axis(x), last_axis(x)}, {all_axes(x)}};
}

std::vector<std::optional<ValueId>> BnApply::gradient(const GradientContext& context) const {
  const BnValues values{
      *context.output_gradients[0], context.inputs[0], context.inputs[1], context.inputs[2], count, epsilon};
  const ValueId sums = bn_backward_sums(context.build, values);
  std::vector<std::optional<ValueId>> gradients(4);
  if (context.needed[0]) gradients[0] = bn_backward_input(context.build, values, sums);
  if (context.needed[2] || context.needed[3]) {
    const auto [dgamma, dbeta] = bn_backward_params(context.build, sums);
    gradients[2] = dgamma;
    gradients[3] = dbeta;
  }
  return gradients;
}

namespace {

/// With bn_sums: the gradient of x belongs to both.
OpCase random_case(CaseRandom& random) {
  Dims x = random_dims(random, random.between(2, 4), 5);
  x.front() = random.between(2, 5);
  const TensorType channels = real({x.back()});
  return case_of({real(x), channels, channels}, [](GraphBuilder& build, std::span<const ValueId> in) {
    const TensorType type = build.type(in[0]);
    const ValueId sums = bn_sums(build, in[0]);
    const int64_t count = type.elems() / type.shape.back();
    return std::vector{bn_apply(build, in[0], sums, in[1], in[2], count, 0.1)};
  });
}

}  // namespace

ValueId bn_apply(GraphBuilder& build, ValueId x, ValueId sums, ValueId gamma, ValueId beta, int64_t count,
                 double epsilon) {
  return build.add1(std::make_shared<BnApply>(count, epsilon), {x, sums, gamma, beta});
}

void register_bn_apply(OpRegistry& registry) { registry.add<BnApply>(random_case); }

}  // namespace weft
