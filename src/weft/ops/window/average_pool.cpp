#include "weft/ops/window/average_pool.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/window/pooling_map.h"

namespace weft {

std::vector<TensorType> AveragePool::infer(std::span<const TensorType> inputs) const {
  return {pooled_type("average_pool", geometry, inputs)};
}

IndexMap AveragePool::index_map(std::span<const TensorType> inputs,
                                std::span<const TensorType> /*outputs*/) const {
  const PoolingMap map = pooling_map(geometry, inputs[0].shape[0], inputs[0].shape.back());
  return {map.axes, {map.x}, {map.y}};
}

OpPtr AveragePool::localize(const LocalRegions& regions) const {
  return std::make_shared<AveragePool>(local_geometry(geometry, regions.inputs[0], regions.outputs[0]));
}

std::vector<std::optional<ValueId>> AveragePool::gradient(const GradientContext& context) const {
  const Dims x = context.build.type(context.inputs[0]).shape;
  return {
      context.build.add1(std::make_shared<AveragePoolBackward>(geometry, x), {*context.output_gradients[0]})};
}

std::vector<TensorType> AveragePoolBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 1);
  expect_windows(kName, geometry, x);
  expect_shape(kName, inputs[0], with_spatial(x[0], geometry.output, x.back()));
  return {{inputs[0].dtype, x}};
}

IndexMap AveragePoolBackward::index_map(std::span<const TensorType> /*inputs*/,
                                        std::span<const TensorType> /*outputs*/) const {
  const PoolingMap map = pooling_map(geometry, x[0], x.back());
  return {map.axes, {map.y}, {map.x}};
}

OpPtr AveragePoolBackward::localize(const LocalRegions& regions) const {
  const Region& own = regions.outputs[0];
  return std::make_shared<AveragePoolBackward>(local_geometry(geometry, own, regions.inputs[0]), own.shape());
}

namespace {

OpCase random_case(CaseRandom& random) {
  const PoolingCase made = pooling_case(random);
  return case_of({made.x}, [made](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{average_pool(build, in[0], made.kernel, made.options)};
  });
}

}  // namespace

ValueId average_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options) {
  const WindowGeometry geometry = pooling_geometry("average_pool", build.type(x), kernel, options);
  return build.add1(std::make_shared<AveragePool>(geometry), {x});
}

void register_average_pool(OpRegistry& registry) {
  registry.add<AveragePool>(random_case);
  registry.add<AveragePoolBackward>();
}

}  // namespace weft
