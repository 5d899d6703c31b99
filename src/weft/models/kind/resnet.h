#pragma once
#include "weft/models/model.h"

namespace weft {

/// Residual network for small images (He et al., "Deep Residual Learning for Image Recognition", 2016,
/// section 4.2), with projections where the shape changes: logits [N, classes] of pixels [N, H, W, C]. In
/// training, batch norm uses the statistics of the global batch and updates its running ones (an update of
/// the builder's segment); else it uses the running ones.
struct Resnet final : KindOf<Resnet, Model> {
  static constexpr std::string_view kName = "resnet";
  static constexpr std::string_view kMeaning =
      "a residual network for small images (He et al., 2016, section 4.2).";
  int64_t depth = 20;
  int64_t width = 16;
  int64_t classes = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("depth", self.depth, between(8, 2000), "layers with weights; 6n + 2, such as 20, 32, 56");
    key("width", self.width, at_least(1), "channels of the first of the three stages");
    key("classes", self.classes, at_least(0), "outputs; 0: as many as the data has");
  }

  InputForm takes() const override { return {.ids = false, .least_axes = 2, .most_axes = 2}; }
  int64_t ids() const override { return classes; }
  ValueId predict(const ModelContext& context, ValueId pixels) const override;

 protected:
  Complaint check_keys(const Recipe& recipe) const override;
};

}  // namespace weft
