#include "weft/ops/mean_spatial.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/kernels/mean_spatial.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/index_maps.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/window.h"

namespace weft {

namespace {

/// [n, c] beside the axes of x [n, spatial…, c].
OperandMap ends_of(const Dims& x) { return {along(0), along(static_cast<int>(x.size()) - 1)}; }

/// dx = dy / count at every position. `x` is the shape of dx.
struct MeanSpatialBackward final : Op {
  Dims x;
  int64_t count;
  MeanSpatialBackward(Dims shape, int64_t n) : x(std::move(shape)), count(n) {}

  std::string_view name() const override { return "mean_spatial_backward"; }
  std::string attributes() const override { return fmt::format("x={} count={}", to_string(x), count); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 1);
    expect_shape(name(), inputs[0], {x.front(), x.back()});
    return {{inputs[0].dtype, x}};
  }
  IndexMap index_map(std::span<const TensorType>, std::span<const TensorType>) const override {
    return {axes_of(x), {ends_of(x)}, {all_axes(x)}};
  }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<MeanSpatialBackward>(regions.outputs[0].shape(), count);
  }
};

/// `count` is of the whole tensor: parts of it give partial sums.
struct MeanSpatial final : Op {
  int64_t count;
  explicit MeanSpatial(int64_t n) : count(n) {}

  std::string_view name() const override { return "mean_spatial"; }
  std::string attributes() const override { return fmt::format("count={}", count); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs("mean_spatial", inputs.size(), 1);
    expect_floating("mean_spatial", inputs[0]);
    expect_rank_at_least("mean_spatial", inputs[0], 3);
    return {{inputs[0].dtype, {inputs[0].shape.front(), inputs[0].shape.back()}}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[0].shape;
    return {axes_of(x), {all_axes(x)}, {ends_of(x)}};
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override {
    const Dims x = context.build.type(context.inputs[0]).shape;
    return {
        context.build.add1(std::make_shared<MeanSpatialBackward>(x, count), {*context.output_gradients[0]})};
  }
};

Kernel bind(const BindRequest& request) {
  const int64_t count = static_cast<const MeanSpatial&>(request.op).count;
  return {[count](const KernelContext& context) {
    kernels::mean_spatial(context.inputs[0], count, context.outputs[0]);
  }};
}

Kernel bind_backward(const BindRequest& request) {
  const int64_t count = static_cast<const MeanSpatialBackward&>(request.op).count;
  return {[count](const KernelContext& context) {
    kernels::mean_spatial_backward(context.inputs[0], count, context.outputs[0]);
  }};
}

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
  registry.add({"mean_spatial", bind, random_case});
  registry.add({"mean_spatial_backward", bind_backward, nullptr});
}

}  // namespace weft
