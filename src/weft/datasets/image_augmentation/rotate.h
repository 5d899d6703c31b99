#pragma once
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// Images turned about their middle by a random angle, as in RandAugment (Cubuk et al., 2020): each pixel is
/// the nearest one of the image before, black where that lies outside.
struct Rotate final : KindOf<Rotate, ImageAugmentation> {
  static constexpr std::string_view kName = "rotate";
  static constexpr std::string_view kMeaning = "images turned by a random angle.";
  double degrees = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("rotation", self.degrees, from_zero(),
        "training images are turned by an angle drawn from [-x, x] degrees; 0: not; at most 180");
  }
  void add_to(ImageTransform& transform) const override;
  Complaint check(const Recipe& recipe) const override;
};

}  // namespace weft
