#include "weft/models/kind/resnet.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/ops/add.h"
#include "weft/ops/batch_norm.h"
#include "weft/ops/convolution.h"
#include "weft/ops/matmul.h"
#include "weft/ops/mean_spatial.h"
#include "weft/ops/relu.h"

namespace weft {

namespace {

class ResnetGraph {
 public:
  explicit ResnetGraph(const ModelContext& context)
      : build_(context.build), parameters_(context.parameters), training_(context.training) {}

  ValueId features(ValueId pixels, const Resnet& keys) {
    ValueId x = stem(pixels, keys.width);
    const int64_t blocks = (keys.depth - 2) / 6;
    for (int64_t stage = 0; stage < 3; ++stage) {
      for (int64_t block = 0; block < blocks; ++block) {
        const std::string prefix = fmt::format("stage{}.{}.", stage + 1, block);
        const BuilderScope labelled = build_.labelled(prefix);
        x = residual(x, keys.width << stage, stage > 0 && block == 0 ? 2 : 1, prefix);
      }
    }
    return x;
  }

 private:
  ValueId stem(ValueId pixels, int64_t channels) {
    const BuilderScope labelled = build_.labelled("stem");
    return relu(build_, norm(convolve(pixels, channels, 3, 1, "stem.conv"), "stem.bn"));
  }

  ValueId residual(ValueId x, int64_t channels, int64_t stride, const std::string& prefix) {
    ValueId y = relu(build_, norm(convolve(x, channels, 3, stride, prefix + "conv1"), prefix + "bn1"));
    // A block starts as the identity (Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 5.1): the
    // first steps are then well conditioned, and rounding does not grow into another curve.
    y = norm(convolve(y, channels, 3, 1, prefix + "conv2"), prefix + "bn2", 0);
    ValueId shortcut = x;
    if (stride != 1 || build_.type(x).shape.back() != channels) {
      shortcut = norm(convolve(x, channels, 1, stride, prefix + "shortcut.conv"), prefix + "shortcut.bn");
    }
    return relu(build_, add(build_, y, shortcut));
  }

  ValueId convolve(ValueId x, int64_t channels, int64_t kernel, int64_t stride, const std::string& name) {
    const int64_t in = build_.type(x).shape.back();
    const double deviation = std::sqrt(2.0 / static_cast<double>(in * kernel * kernel));
    const ValueId weight = parameters_.weight(name + ".weight", {channels, in, kernel, kernel}, deviation);
    const int64_t pad = kernel / 2;
    return convolution(
        build_, x, weight,
        {.stride = {stride, stride}, .pad_low = {pad, pad}, .pad_high = {pad, pad}, .dilation = {}});
  }

  ValueId norm(ValueId x, const std::string& name, double gamma = 1) {
    const Dims shape{build_.type(x).shape.back()};
    const BatchNormStates states{parameters_.constant(name + ".weight", shape, gamma),
                                 parameters_.constant(name + ".bias", shape, 0),
                                 parameters_.buffer(name + ".running_mean", shape, 0),
                                 parameters_.buffer(name + ".running_var", shape, 1)};
    return training_ ? batch_norm(build_, x, states) : batch_norm_inference(build_, x, states);
  }

  GraphBuilder& build_;
  ParameterSet& parameters_;
  bool training_;
};

}  // namespace

Complaint Resnet::check_keys(const Recipe& /*recipe*/) const {
  if (depth % 6 == 2) return std::nullopt;
  const int64_t below = depth - (depth + 4) % 6;
  return RecipeComplaint{
      "model.depth",
      fmt::format("model.depth = {} is not 6n + 2; the nearest are {} and {}", depth, below, below + 6)};
}

ValueId Resnet::predict(const ModelContext& context, ValueId pixels) const {
  const int64_t outputs = classes_of(context.facts, "resnet", classes);
  expect_images(context.facts, "resnet");
  GraphBuilder& build = context.build;
  ValueId x = mean_spatial(build, ResnetGraph(context).features(pixels, *this));
  const BuilderScope labelled = build.labelled("head");
  x = dropped(context, x, 0);
  const int64_t channels = build.type(x).shape.back();
  const double deviation = 1 / std::sqrt(static_cast<double>(channels));
  const ValueId weight = context.parameters.weight("head.weight", {outputs, channels}, deviation);
  return add(build, linear(build, x, weight, true), context.parameters.constant("head.bias", {outputs}, 0));
}

void register_resnet(KindsOf<Model>& kinds) { kinds.add<Resnet>(); }

}  // namespace weft
