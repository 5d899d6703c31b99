#include "weft/ops/window/max_pool_backward.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/window/pooling_map.h"

namespace weft {

std::vector<TensorType> MaxPoolBackward::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 2);
  const TensorType& x = inputs[1];
  expect_windows(kName, geometry, x.shape);
  expect_shape(kName, x, x_region.shape());
  expect_dtype(kName, inputs[0], x.dtype);
  expect_shape(kName, inputs[0], with_spatial(x.shape[0], geometry.output, x.shape.back()));
  return {{x.dtype, dx_region.shape()}};
}

IndexMap MaxPoolBackward::index_map(std::span<const TensorType> inputs,
                                    std::span<const TensorType> /*outputs*/) const {
  const PoolingMap map = pooling_map(geometry, inputs[1].shape[0], inputs[1].shape.back());
  return {map.axes, {map.y, map.x}, {map.x}};
}

OpPtr MaxPoolBackward::localize(const LocalRegions& regions) const {
  return std::make_shared<MaxPoolBackward>(local_geometry(geometry, regions.inputs[1], regions.inputs[0]),
                                           regions.inputs[1], regions.outputs[0]);
}

ValueId max_pool_backward(GraphBuilder& build, ValueId dy, ValueId x, const WindowGeometry& geometry) {
  const Region all = Region::all(build.type(x).shape);
  return build.add1(std::make_shared<MaxPoolBackward>(geometry, all, all), {dy, x});
}

void register_max_pool_backward(OpRegistry& registry) { registry.add<MaxPoolBackward>(); }

}  // namespace weft
