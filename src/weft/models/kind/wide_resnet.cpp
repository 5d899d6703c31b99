#include "weft/models/kind/wide_resnet.h"

#include <fmt/format.h>

#include <cmath>

#include "weft/models/layers.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/relu.h"
#include "weft/ops/reduce/mean_spatial.h"

namespace weft {

namespace {

class WideResnetGraph {
 public:
  explicit WideResnetGraph(const ModelContext& context) : context_(context), build_(context.build) {}

  ValueId features(ValueId pixels, const WideResnet& keys) {
    ValueId x = stem(pixels);
    const int64_t blocks = (keys.depth - 4) / 6;
    for (int64_t group = 0; group < 3; ++group) {
      for (int64_t block = 0; block < blocks; ++block) {
        const std::string name = fmt::format("group{}.{}", group + 1, block);
        const BuilderScope labelled = build_.labelled(name);
        x = residual(x, (16 * keys.factor) << group, group > 0 && block == 0 ? 2 : 1, name + ".");
      }
    }
    const BuilderScope labelled = build_.labelled("head");
    return mean_spatial(build_, active(x, "head.bn"));
  }

 private:
  ValueId stem(ValueId pixels) {
    const BuilderScope labelled = build_.labelled("stem");
    return conv(pixels, 16, 3, 1, "stem.conv");
  }

  ValueId residual(ValueId x, int64_t channels, int64_t stride, const std::string& prefix) {
    const ValueId first = active(x, prefix + "bn1");
    ValueId y = active(conv(first, channels, 3, stride, prefix + "conv1"), prefix + "bn2");
    y = conv(dropped(context_, y, dropouts_++), channels, 3, 1, prefix + "conv2");
    const bool projected = build_.type(x).shape.back() != channels;
    return add(build_, y, projected ? conv(first, channels, 1, stride, prefix + "shortcut") : x);
  }

  ValueId active(ValueId x, const std::string& norm) { return relu(build_, batch_normed(context_, x, norm)); }

  ValueId conv(ValueId x, int64_t channels, int64_t kernel, int64_t stride, const std::string& name) {
    const auto fan = static_cast<double>(channels * kernel * kernel);
    return convolve(context_, x, {channels, kernel, stride, std::sqrt(2 / fan)}, name);
  }

  const ModelContext& context_;
  GraphBuilder& build_;
  uint64_t dropouts_ = 0;
};

}  // namespace

Complaint WideResnet::check_keys(const Recipe& /*recipe*/) const { return depth_complaint(depth, 4); }

ValueId WideResnet::predict(const ModelContext& context, ValueId pixels) const {
  const int64_t outputs = classes_of(context.facts, kName, classes);
  expect_axes(context.facts, kName, 2, "images");
  const ValueId x = WideResnetGraph(context).features(pixels, *this);
  const BuilderScope labelled = context.build.labelled("head");
  return classifier(context, x, outputs);
}

void register_wide_resnet(KindsOf<Model>& kinds) { kinds.add<WideResnet>(); }

}  // namespace weft
