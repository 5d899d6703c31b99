#include "weft/models/layers.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/ops/linear/matmul.h"
#include "weft/ops/norm/batch_norm.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/window/convolution.h"

namespace weft {

ValueId convolve(const ModelContext& context, ValueId x, const ConvolutionShape& shape,
                 const std::string& name) {
  const Dims& in = context.build.type(x).shape;
  const size_t axes = in.size() - 2;
  Dims weight_shape{shape.channels, in.back()};
  weight_shape.insert(weight_shape.end(), axes, shape.kernel);
  const ValueId weight = context.parameters.weight(name + ".weight", weight_shape, shape.deviation);
  const Dims pad(axes, shape.kernel / 2);
  return convolution(context.build, x, weight,
                     {.stride = Dims(axes, shape.stride), .pad_low = pad, .pad_high = pad, .dilation = {}});
}

ValueId batch_normed(const ModelContext& context, ValueId x, const std::string& name, double gamma) {
  ParameterSet& parameters = context.parameters;
  const Dims shape{context.build.type(x).shape.back()};
  const BatchNormStates states{parameters.constant(name + ".weight", shape, gamma),
                               parameters.constant(name + ".bias", shape, 0),
                               parameters.buffer(name + ".running_mean", shape, 0),
                               parameters.buffer(name + ".running_var", shape, 1)};
  return context.training ? batch_norm(context.build, x, states, 1e-5, 0.1, context.rows)
                          : batch_norm_inference(context.build, x, states);
}

ValueId classifier(const ModelContext& context, ValueId x, int64_t outputs) {
  GraphBuilder& build = context.build;
  const int64_t channels = build.type(x).shape.back();
  const double deviation = 1 / std::sqrt(static_cast<double>(channels));
  const ValueId weight = context.parameters.weight("head.weight", {outputs, channels}, deviation);
  return add(build, linear(build, x, weight, true), context.parameters.constant("head.bias", {outputs}, 0));
}

Complaint depth_complaint(int64_t depth, int64_t others) {
  const int64_t beyond = (depth + 6 - others) % 6;
  if (beyond == 0) return std::nullopt;
  const int64_t below = depth - beyond;
  return RecipeComplaint{
      "model.depth", fmt::format("model.depth = {} is not 6n + {}; the nearest are {} and {}", depth, others,
                                 below, below + 6)};
}

}  // namespace weft
