#include "weft/datasets/image_augmentation/colour_jitter.h"

#include <fmt/format.h>

namespace weft {

void JitterColours::add_to(ImageTransform& transform) const {
  transform.brightness = brightness;
  transform.contrast = contrast;
  transform.saturation = saturation;
  transform.hue = hue;
}

Complaint JitterColours::check(const Recipe& /*recipe*/) const {
  if (hue <= 0.5) return std::nullopt;
  return RecipeComplaint{"data.hue", fmt::format("data.hue = {} is above 0.5, half a turn", hue)};
}

void register_colour_jitter(KindsOf<ImageAugmentation>& kinds) { kinds.add<JitterColours>(); }

}  // namespace weft
