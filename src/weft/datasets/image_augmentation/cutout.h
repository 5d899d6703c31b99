#pragma once
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// A blank square (DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with
/// Cutout", 2017).
struct Cutout final : KindOf<Cutout, ImageAugmentation> {
  static constexpr std::string_view kName = "cutout";
  static constexpr std::string_view kMeaning = "a square that is blanked at random.";
  int64_t side = 0;  ///< pixels

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("cutout", self.side, at_least(0),
        "side in pixels of a square of training images that is blanked at random; 0: none");
  }
  void add_to(ImageTransform& transform) const override;
};

}  // namespace weft
