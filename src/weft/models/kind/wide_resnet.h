#pragma once
#include "weft/models/model.h"

namespace weft {

/// Wide residual network (Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016): blocks of norm, ReLU
/// and convolution, twice, with dropout between, in three groups of 16, 32 and 64 times `factor` channels:
/// logits [N, classes] of pixels [N, H, W, C].
struct WideResnet final : KindOf<WideResnet, Model> {
  static constexpr std::string_view kName = "wide_resnet";
  static constexpr std::string_view kMeaning =
      "a wide residual network (Zagoruyko and Komodakis, 2016); `dropout` lies between a block's "
      "convolutions.";
  int64_t depth = 28;
  int64_t factor = 10;
  int64_t classes = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("depth", self.depth, between(10, 2000), "layers, shortcuts not counted; 6n + 4, such as 16, 28, 40");
    key("factor", self.factor, at_least(1), "how many times wider than the first groups of a ResNet");
    key("classes", self.classes, at_least(0), "outputs; 0: as many as the data has");
  }

  InputForm takes() const override { return {.ids = false, .least_axes = 2, .most_axes = 2}; }
  int64_t ids() const override { return classes; }
  ValueId predict(const ModelContext& context, ValueId pixels) const override;

 protected:
  Complaint check_keys(const Recipe& recipe) const override;
};

}  // namespace weft
