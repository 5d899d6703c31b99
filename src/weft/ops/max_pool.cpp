#include "weft/ops/max_pool.h"

#include "weft/graph/op_registry.h"
#include "weft/kernels/pooling.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/max_pool_backward.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pooling_map.h"

namespace weft {

namespace {

struct MaxPool final : Op {
  WindowGeometry geometry;
  explicit MaxPool(WindowGeometry g) : geometry(std::move(g)) {}

  std::string_view name() const override { return "max_pool"; }
  std::string attributes() const override { return to_string(geometry); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    return {pooled_type("max_pool", geometry, inputs)};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const PoolingMap map = pooling_map(geometry, inputs[0].shape[0], inputs[0].shape.back());
    return {map.axes, {map.x}, {map.y}};
  }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<MaxPool>(local_geometry(geometry, regions.inputs[0], regions.outputs[0]));
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    return {max_pool_backward(context.build, *context.output_gradients[0], context.inputs[0], geometry)};
  }
};

Kernel bind(const BindRequest& request) {
  const kernels::Window window = pooling_window(static_cast<const MaxPool&>(request.op).geometry);
  return {[window](const KernelContext& context) {
    kernels::max_pool(context.inputs[0], window, context.outputs[0]);
  }};
}

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

void register_max_pool(OpRegistry& registry) { registry.add({"max_pool", bind, random_case}); }

}  // namespace weft
