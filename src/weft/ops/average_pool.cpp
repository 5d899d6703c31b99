#include "weft/ops/average_pool.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/pooling.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/pooling_map.h"

namespace weft {

namespace {

/// dx from dy. A part of dx takes what its windows give it, and needs no x.
struct AveragePoolBackward final : Op {
  WindowGeometry geometry;
  Dims x;
  AveragePoolBackward(WindowGeometry g, Dims shape) : geometry(std::move(g)), x(std::move(shape)) {}

  std::string_view name() const override { return "average_pool_backward"; }
  std::string attributes() const override {
    return fmt::format("x={} {}", to_string(x), to_string(geometry));
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 1);
    expect_shape(name(), inputs[0], with_spatial(x[0], geometry.output, x.back()));
    return {{inputs[0].dtype, x}};
  }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override {
    const PoolingMap map = pooling_map(geometry, x[0], x.back());
    return {map.axes, {map.y}, {map.x}};
  }
  OpPtr localize(const LocalRegions& regions) const override {
    const Region& own = regions.outputs[0];
    return std::make_shared<AveragePoolBackward>(local_geometry(geometry, own, regions.inputs[0]),
                                                 own.shape());
  }
};

struct AveragePool final : Op {
  WindowGeometry geometry;
  explicit AveragePool(WindowGeometry g) : geometry(std::move(g)) {}

  std::string_view name() const override { return "average_pool"; }
  std::string attributes() const override { return to_string(geometry); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    return {pooled_type("average_pool", geometry, inputs)};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const PoolingMap map = pooling_map(geometry, inputs[0].shape[0], inputs[0].shape.back());
    return {map.axes, {map.x}, {map.y}};
  }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<AveragePool>(local_geometry(geometry, regions.inputs[0], regions.outputs[0]));
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    const Dims x = context.build.type(context.inputs[0]).shape;
    return {context.build.add1(std::make_shared<AveragePoolBackward>(geometry, x),
                               {*context.output_gradients[0]})};
  }
};

Kernel bind(const BindRequest& request) {
  const kernels::Window window = pooling_window(static_cast<const AveragePool&>(request.op).geometry);
  return {[window](const KernelContext& context) {
    kernels::average_pool(context.inputs[0], window, context.outputs[0]);
  }};
}

Kernel bind_backward(const BindRequest& request) {
  const kernels::Window window = pooling_window(static_cast<const AveragePoolBackward&>(request.op).geometry);
  return {[window](const KernelContext& context) {
    kernels::average_pool_backward(context.inputs[0], window, context.outputs[0]);
  }};
}

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
  registry.add({"average_pool", bind, random_case});
  registry.add({"average_pool_backward", bind_backward, nullptr});
}

}  // namespace weft
