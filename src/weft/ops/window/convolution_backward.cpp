#include "weft/ops/window/convolution_backward.h"

#include "weft/graph/op_registry.h"
#include "weft/ops/operand_types.h"

namespace weft {

std::vector<TensorType> ConvolutionBackwardInput::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 2);
  expect_floating(kName, inputs[0]);
  expect_rank_at_least(kName, inputs[1], 3);
  expect_windows(kName, geometry, x);
  expect_shape(kName, inputs[0], with_spatial(x[0], geometry.output, inputs[1].shape[0]));
  return {{inputs[0].dtype, x}};
}

IndexMap ConvolutionBackwardInput::index_map(std::span<const TensorType> inputs,
                                             std::span<const TensorType> /*outputs*/) const {
  const ConvolutionMap map = convolution_map(geometry, x[0], x.back(), inputs[1].shape[0]);
  return {map.axes, {map.y, map.weight}, {map.x}};
}

OpPtr ConvolutionBackwardInput::localize(const LocalRegions& regions) const {
  const Region& own = regions.outputs[0];
  return std::make_shared<ConvolutionBackwardInput>(local_geometry(geometry, own, regions.inputs[0]),
                                                    own.shape());
}

std::vector<TensorType> ConvolutionBackwardWeight::infer(std::span<const TensorType> inputs) const {
  expect_inputs(kName, inputs.size(), 2);
  const TensorType& x = inputs[0];
  expect_windows(kName, geometry, x.shape);
  expect_rank_at_least(kName, inputs[1], 3);
  const int64_t filters = inputs[1].shape.back();
  expect_dtype(kName, inputs[1], x.dtype);
  expect_shape(kName, inputs[1], with_spatial(x.shape[0], geometry.output, filters));
  Dims weight{filters, x.shape.back()};
  weight.insert(weight.end(), geometry.kernel.begin(), geometry.kernel.end());
  return {{statistics_of(x.dtype), weight}};
}

IndexMap ConvolutionBackwardWeight::index_map(std::span<const TensorType> inputs,
                                              std::span<const TensorType> /*outputs*/) const {
  const Dims& x = inputs[0].shape;
  const ConvolutionMap map = convolution_map(geometry, x[0], x.back(), inputs[1].shape.back());
  return {map.axes, {map.x, map.y}, {map.weight}};
}

OpPtr ConvolutionBackwardWeight::localize(const LocalRegions& regions) const {
  return std::make_shared<ConvolutionBackwardWeight>(
      local_geometry(geometry, regions.inputs[0], regions.inputs[1]));
}

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

ValueId convolution_backward_input(GraphBuilder& build, ValueId dy, ValueId weight,
                                   const WindowGeometry& geometry, const Dims& x) {
  return build.add1(std::make_shared<ConvolutionBackwardInput>(geometry, x), {dy, weight});
}

ValueId convolution_backward_weight(GraphBuilder& build, ValueId x, ValueId dy,
                                    const WindowGeometry& geometry) {
  return build.add1(std::make_shared<ConvolutionBackwardWeight>(geometry), {x, dy});
}

void register_convolution_backward(OpRegistry& registry) {
  registry.add<ConvolutionBackwardInput>();
  registry.add<ConvolutionBackwardWeight>();
}

}  // namespace weft
