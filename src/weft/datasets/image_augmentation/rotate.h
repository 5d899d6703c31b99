#pragma once
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// Turns all of an image about its middle by so many radians, clockwise: each pixel is the nearest one of the
/// image before, black where that lies outside.
void turn(const PixelView& pixels, PixelBuffer& scratch, double angle);

/// Images turned about their middle by a random angle, as in RandAugment (Cubuk et al., 2020).
struct Rotate final : KindOf<Rotate, ImageAugmentation> {
  static constexpr std::string_view kName = "rotate";
  static constexpr std::string_view kMeaning = "images turned by a random angle.";
  double degrees = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("rotation", self.degrees, between(0, 180),
        "training images are turned by an angle drawn from [-x, x] degrees; 0: not");
  }
  void add_to(ImageTransform& transform) const override;
};

}  // namespace weft
