#include "weft/models/kind/resnet.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/models/layers.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/reduce/mean_spatial.h"

namespace weft {

namespace {

class ResnetGraph {
 public:
  explicit ResnetGraph(const ModelContext& context) : context_(context), build_(context.build) {}

  ValueId features(ValueId pixels, const Resnet& keys) {
    ValueId x = stem(pixels, keys.width);
    const int64_t blocks = (keys.depth - 2) / 6;
    for (int64_t stage = 0; stage < 3; ++stage) {
      for (int64_t block = 0; block < blocks; ++block) {
        const std::string name = fmt::format("stage{}.{}", stage + 1, block);
        const BuilderScope labelled = build_.labelled(name);
        x = residual(x, keys.width << stage, stage > 0 && block == 0 ? 2 : 1, name + ".");
      }
    }
    return x;
  }

 private:
  ValueId stem(ValueId pixels, int64_t channels) {
    const BuilderScope labelled = build_.labelled("stem");
    return relu(build_, batch_normed(context_, conv(pixels, channels, 3, 1, "stem.conv"), "stem.bn"));
  }

  ValueId residual(ValueId x, int64_t channels, int64_t stride, const std::string& prefix) {
    ValueId y =
        relu(build_, batch_normed(context_, conv(x, channels, 3, stride, prefix + "conv1"), prefix + "bn1"));
    // A block starts as the identity (Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 5.1): the
    // first steps are then well conditioned, and rounding does not grow into another curve.
    y = batch_normed(context_, conv(y, channels, 3, 1, prefix + "conv2"), prefix + "bn2", 0);
    ValueId shortcut = x;
    if (stride != 1 || build_.type(x).shape.back() != channels) {
      shortcut = batch_normed(context_, conv(x, channels, 1, stride, prefix + "shortcut.conv"),
                              prefix + "shortcut.bn");
    }
    return relu(build_, add(build_, y, shortcut));
  }

  ValueId conv(ValueId x, int64_t channels, int64_t kernel, int64_t stride, const std::string& name) {
    const int64_t inputs = build_.type(x).shape.back() * kernel * kernel;
    return convolve(context_, x, {channels, kernel, stride, std::sqrt(2.0 / static_cast<double>(inputs))},
                    name);
  }

  const ModelContext& context_;
  GraphBuilder& build_;
};

}  // namespace

Complaint Resnet::check_keys(const Recipe& /*recipe*/) const { return depth_complaint(depth, 2); }

ValueId Resnet::predict(const ModelContext& context, ValueId pixels) const {
  const int64_t outputs = classes_of(context.facts, kName, classes);
  expect_axes(context.facts, kName, 2, "images");
  const ValueId x = mean_spatial(context.build, ResnetGraph(context).features(pixels, *this));
  const BuilderScope labelled = context.build.labelled("head");
  return classifier(context, dropped(context, x, 0), outputs);
}

void register_resnet(KindsOf<Model>& kinds) { kinds.add<Resnet>(); }

}  // namespace weft
