#include "weft/ops/window/convolution.h"

#include "weft/base/check.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/case_shapes.h"
#include "weft/ops/operand_types.h"
#include "weft/ops/window/convolution_backward.h"

namespace weft {

std::vector<TensorType> Convolution::infer(std::span<const TensorType> inputs) const {
  expect_inputs("convolution", inputs.size(), 2);
  const TensorType& x = inputs[0];
  const TensorType& weight = inputs[1];
  expect_floating("convolution", x);
  expect_windows("convolution", geometry, x.shape);
  Dims filter{weight.shape.empty() ? 0 : weight.shape[0], x.shape.back()};
  filter.insert(filter.end(), geometry.kernel.begin(), geometry.kernel.end());
  expect_statistics("convolution", weight, x.dtype, filter);
  return {{x.dtype, with_spatial(x.shape[0], geometry.output, filter[0])}};
}

IndexMap Convolution::index_map(std::span<const TensorType> inputs,
                                std::span<const TensorType> /*outputs*/) const {
  const ConvolutionMap map =
      convolution_map(geometry, inputs[0].shape[0], inputs[0].shape.back(), inputs[1].shape[0]);
  return {map.axes, {map.x, map.weight}, {map.y}};
}

OpPtr Convolution::localize(const LocalRegions& regions) const {
  return std::make_shared<Convolution>(local_geometry(geometry, regions.inputs[0], regions.outputs[0]));
}

std::vector<std::optional<ValueId>> Convolution::gradient(const GradientContext& context) const {
  GraphBuilder& build = context.build;
  const ValueId dy = *context.output_gradients[0];
  std::vector<std::optional<ValueId>> gradients(2);
  if (context.needed[1]) gradients[1] = convolution_backward_weight(build, context.inputs[0], dy, geometry);
  if (context.needed[0]) {
    const Dims x = build.type(context.inputs[0]).shape;
    gradients[0] = convolution_backward_input(build, dy, context.inputs[1], geometry, x);
  }
  return gradients;
}

namespace {

OpCase random_case(CaseRandom& random) {
  const size_t rank = static_cast<size_t>(random.between(1, 3));
  WindowOptions options;
  Dims spatial;
  Dims filter{random.between(1, 4), random.between(1, 3)};
  for (size_t d = 0; d < rank; ++d) {
    const int64_t kernel = random.between(1, 3);
    options.stride.push_back(random.between(1, 3));
    options.dilation.push_back(random.between(1, 2));
    options.pad_low.push_back(random.between(0, kernel - 1));
    options.pad_high.push_back(random.between(0, kernel - 1));
    spatial.push_back(options.dilation[d] * (kernel - 1) + random.between(1, rank == 3 ? 3 : 6));
    filter.push_back(kernel);
  }
  return case_of({real(with_spatial(random.between(1, 3), spatial, filter[1])), real(filter)},
                 [options](GraphBuilder& build, std::span<const ValueId> in) {
                   return std::vector{convolution(build, in[0], in[1], options)};
                 });
}

}  // namespace

ValueId convolution(GraphBuilder& build, ValueId x, ValueId weight, const WindowOptions& options) {
  const TensorType& type = build.type(x);
  const Dims& filter = build.type(weight).shape;
  if (type.shape.size() < 3 || type.shape.size() > 5 || filter.size() != type.shape.size()) {
    user_error(
        "convolution: got {} and {}, expected [N, spatial..., C] and [F, C, kernel...] in 1 to 3 dimensions.",
        to_string(type), to_string(build.type(weight)));
  }
  const WindowGeometry geometry =
      window_geometry("convolution", spatial_of(type.shape), Dims(filter.begin() + 2, filter.end()), options);
  return build.add1(std::make_shared<Convolution>(geometry), {x, weight});
}

void register_convolution(OpRegistry& registry) { registry.add<Convolution>(random_case); }

}  // namespace weft
