#pragma once
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// Cutting at random, and mirroring: shifted by up to 4 pixels (He et al., 2016), or a random area where
/// images are scaled (Szegedy et al., "Going Deeper with Convolutions", CVPR 2015).
struct Crop final : KindOf<Crop, ImageAugmentation> {
  static constexpr std::string_view kName = "crop";
  static constexpr std::string_view kMeaning = "a random part of the image, mirrored at random.";
  bool augment = false;
  std::array<double, 2> area{0.08, 1};

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("augment", self.augment,
        "whether training images are cut out at random (shifted by up to 4 pixels; with `size`: a random "
        "area) and mirrored");
    key("area", self.area, between(0, 1),
        "with `augment` and `size`: least and greatest share of the image that is cut out");
  }
  void add_to(ImageTransform& transform) const override;
  std::string idle_key(const ImageTransform& training) const override;
  Complaint check(const Recipe& recipe) const override;
};

}  // namespace weft
