#pragma once
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// Random changes of colour, as torchvision's ColorJitter makes them, in random order.
struct JitterColours final : KindOf<JitterColours, ImageAugmentation> {
  static constexpr std::string_view kName = "colour_jitter";
  static constexpr std::string_view kMeaning = "colours changed at random.";
  double brightness = 0;
  double contrast = 0;
  double saturation = 0;
  double hue = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("brightness", self.brightness, from_zero(),
        "colour jitter of training images: factor drawn from [1 - x, 1 + x]; 0: none");
    key("contrast", self.contrast, from_zero(), "the same for contrast");
    key("saturation", self.saturation, from_zero(), "the same for saturation");
    key("hue", self.hue, between(0, 0.5), "shift of the hue, drawn from [-x, x] turns");
  }
  void add_to(ImageTransform& transform) const override;
};

}  // namespace weft
