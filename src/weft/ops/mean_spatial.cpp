#include "weft/ops/mean_spatial.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/window.h"

namespace weft {

namespace {

/// [n, c] beside the axes of x [n, spatial…, c].
OperandMap ends_of(const Dims& x) { return {along(0), along(static_cast<int>(x.size()) - 1)}; }

}  // namespace

std::vector<TensorType> MeanSpatial::infer(std::span<const TensorType> inputs) const {
  expect_inputs("mean_spatial", inputs.size(), 1);
  expect_floating("mean_spatial", inputs[0]);
  expect_rank_at_least("mean_spatial", inputs[0], 3);
  return {{inputs[0].dtype, {inputs[0].shape.front(), inputs[0].shape.back()}}};
}

IndexMap MeanSpatial::index_map(std::span<const TensorType> inputs,
                                std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  return {axes_of(x), {all_axes(x)}, {ends_of(x)}};
}

std::vector<std::optional<ValueId>> MeanSpatial::gradient(const GradientContext& context) const {
  const Dims x = context.build.type(context.inputs[0]).shape;
  return {
      context.build.add1(std::make_shared<MeanSpatialBackward>(x, count), {*context.output_gradients[0]})};
}

std::vector<TensorType> MeanSpatialBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 1);
  expect_floating(kName, inputs[0]);
  if (x.size() < 3) user_error("{}: got {}, expected [N, spatial..., C].", kName, to_string(x));
  expect_shape(kName, inputs[0], {x.front(), x.back()});
  return {{inputs[0].dtype, x}};
}

IndexMap MeanSpatialBackward::index_map(std::span<const TensorType> /*inputs*/,
                                        std::span<const TensorType> /*outputs*/) const {
  return {axes_of(x), {ends_of(x)}, {all_axes(x)}};
}

OpPtr MeanSpatialBackward::localize(const LocalRegions& regions) const {
  return std::make_shared<MeanSpatialBackward>(regions.outputs[0].shape(), count);
}

namespace {

OpCase random_case(CaseRandom& random) {
  return case_of({real(random_dims(random, random.between(3, 5), 4))},
                 [](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{mean_spatial(build, in[0])};
                 });
}

}  // namespace

ValueId mean_spatial(GraphBuilder& build, ValueId x) {
  const TensorType& type = build.type(x);
  expect_rank_at_least("mean_spatial", type, 3);
  return build.add1(std::make_shared<MeanSpatial>(elems_of(spatial_of(type.shape))), {x});
}

void register_mean_spatial(OpRegistry& registry) {
  registry.add<MeanSpatial>(random_case);
  registry.add<MeanSpatialBackward>(nullptr);
}

}  // namespace weft
