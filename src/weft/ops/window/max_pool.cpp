#include "weft/ops/window/max_pool.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/window/max_pool_backward.h"
#include "weft/ops/window/pooling_map.h"

namespace weft {

std::vector<TensorType> MaxPool::infer(std::span<const TensorType> inputs) const {
  return {pooled_type("max_pool", geometry, inputs)};
}

IndexMap MaxPool::index_map(std::span<const TensorType> inputs,
                            std::span<const TensorType> /*outputs*/) const {
  const PoolingMap map = pooling_map(geometry, inputs[0].shape[0], inputs[0].shape.back());
  return {map.axes, {map.x}, {map.y}};
}

OpPtr MaxPool::localize(const LocalRegions& regions) const {
  return std::make_shared<MaxPool>(local_geometry(geometry, regions.inputs[0], regions.outputs[0]));
}

std::vector<std::optional<ValueId>> MaxPool::gradient(const GradientContext& context) const {
  return {max_pool_backward(context.build, *context.output_gradients[0], context.inputs[0], geometry)};
}

namespace {

OpCase random_case(CaseRandom& random) {
  const PoolingCase made = pooling_case(random);
  return case_of({made.x}, [made](GraphBuilder& build, std::span<const ValueId> in) {
    return std::vector{max_pool(build, in[0], made.kernel, made.options)};
  });
}

}  // namespace

ValueId max_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options) {
  const WindowGeometry geometry = pooling_geometry("max_pool", build.type(x), kernel, options);
  return build.add1(std::make_shared<MaxPool>(geometry), {x});
}

void register_max_pool(OpRegistry& registry) { registry.add<MaxPool>(random_case); }

}  // namespace weft
