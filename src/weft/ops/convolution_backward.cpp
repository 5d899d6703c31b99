#include "weft/ops/convolution_backward.h"

#include <fmt/format.h>

#include "weft/graph/op_registry.h"
#include "weft/ops/operand_types.h"

namespace weft {

namespace {

struct ConvolutionBackwardInput final : Op {
  WindowGeometry geometry;
  Dims x;
  ConvolutionBackwardInput(WindowGeometry g, Dims shape) : geometry(std::move(g)), x(std::move(shape)) {}

  std::string_view name() const override { return "convolution_backward_input"; }
  std::string attributes() const override {
    return fmt::format("x={} {}", to_string(x), to_string(geometry));
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 2);
    expect_floating(name(), inputs[0]);
    expect_shape(name(), inputs[0], with_spatial(x[0], geometry.output, inputs[1].shape[0]));
    return {{inputs[0].dtype, x}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const ConvolutionMap map = convolution_map(geometry, x[0], x.back(), inputs[1].shape[0]);
    return {map.axes, {map.y, map.weight}, {map.x}};
  }
  Traits traits() const override { return {.flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override {
    const Region& own = regions.outputs[0];
    return std::make_shared<ConvolutionBackwardInput>(local_geometry(geometry, own, regions.inputs[0]),
                                                      own.shape());
  }
};

struct ConvolutionBackwardWeight final : Op {
  WindowGeometry geometry;
  explicit ConvolutionBackwardWeight(WindowGeometry g) : geometry(std::move(g)) {}

  std::string_view name() const override { return "convolution_backward_weight"; }
  std::string attributes() const override { return to_string(geometry); }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override {
    expect_inputs(name(), inputs.size(), 2);
    const TensorType& x = inputs[0];
    const int64_t filters = inputs[1].shape.back();
    expect_dtype(name(), inputs[1], x.dtype);
    expect_shape(name(), inputs[1], with_spatial(x.shape[0], geometry.output, filters));
    Dims weight{filters, x.shape.back()};
    weight.insert(weight.end(), geometry.kernel.begin(), geometry.kernel.end());
    return {{statistics_of(x.dtype), weight}};
  }
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType>) const override {
    const Dims& x = inputs[0].shape;
    const ConvolutionMap map = convolution_map(geometry, x[0], x.back(), inputs[1].shape.back());
    return {map.axes, {map.x, map.y}, {map.weight}};
  }
  Traits traits() const override { return {.flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override {
    return std::make_shared<ConvolutionBackwardWeight>(
        local_geometry(geometry, regions.inputs[0], regions.inputs[1]));
  }
};

Kernel bind_input(const BindRequest& request) {
  const auto& op = static_cast<const ConvolutionBackwardInput&>(request.op);
  const auto kernel = std::make_shared<const kernels::Convolution>(
      convolution_shape(op.geometry, request.outputs[0], request.inputs[0]),
      kernels::ConvolutionPass::backward_data);
  const auto run = [kernel](const KernelContext& context) {
    kernel->backward_data(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data,
                          context.scratch);
  };
  return {run, kernel->scratch_bytes()};
}

Kernel bind_weight(const BindRequest& request) {
  const auto& op = static_cast<const ConvolutionBackwardWeight&>(request.op);
  const auto kernel = std::make_shared<const kernels::Convolution>(
      convolution_shape(op.geometry, request.inputs[0], request.inputs[1]),
      kernels::ConvolutionPass::backward_weights);
  const auto run = [kernel](const KernelContext& context) {
    kernel->backward_weights(context.inputs[0].data, context.inputs[1].data, context.outputs[0].data,
                             context.scratch);
  };
  return {run, kernel->scratch_bytes()};
}

}  // namespace

ConvolutionMap convolution_map(const WindowGeometry& geometry, int64_t batch, int64_t in_channels,
                               int64_t out_channels) {
  const int rank = static_cast<int>(geometry.kernel.size());
  const int f = rank + 1;
  const int c = rank + 2;
  const int first_k = rank + 3;
  ConvolutionMap map;
  map.axes = {{"n", batch}};
  append_output_axes(map.axes, geometry);
  map.axes.push_back({"f", out_channels});
  map.axes.push_back({"c", in_channels});
  append_kernel_axes(map.axes, geometry);
  map.x = windowed_map(geometry, 0, 1, first_k, c);
  map.y = window_output_map(geometry, 0, 1, f);
  map.weight = {along(f), along(c)};
  for (int d = 0; d < rank; ++d) map.weight.push_back(along(first_k + d));
  return map;
}

kernels::ConvolutionShape convolution_shape(const WindowGeometry& geometry, const TensorType& x,
                                            const TensorType& y) {
  return {.batch = x.shape[0],
          .in_channels = x.shape.back(),
          .out_channels = y.shape.back(),
          .input = spatial_of(x.shape),
          .output = geometry.output,
          .kernel = geometry.kernel,
          .stride = geometry.stride,
          .dilation = geometry.dilation,
          .pad_low = geometry.pad_low,
          .dtype = x.dtype};
}

ValueId convolution_backward_input(GraphBuilder& build, ValueId dy, ValueId weight,
                                   const WindowGeometry& geometry, const Dims& x) {
  return build.add1(std::make_shared<ConvolutionBackwardInput>(geometry, x), {dy, weight});
}

ValueId convolution_backward_weight(GraphBuilder& build, ValueId x, ValueId dy,
                                    const WindowGeometry& geometry) {
  return build.add1(std::make_shared<ConvolutionBackwardWeight>(geometry), {x, dy});
}

void register_convolution_backward(OpRegistry& registry) {
  registry.add({"convolution_backward_input", bind_input, nullptr});
  registry.add({"convolution_backward_weight", bind_weight, nullptr});
}

}  // namespace weft
