#include "weft/datasets/image_augmentation/colour_jitter.h"

#include <fmt/format.h>

#include "weft/data/decode/colour_jitter.h"

namespace weft {

void JitterColours::add_to(ImageTransform& transform) const {
  if (brightness == 0 && contrast == 0 && saturation == 0 && hue == 0) return;
  transform.changes.push_back(
      std::make_shared<ColourChange>(ColourRanges{brightness, contrast, saturation, hue}));
}

Complaint JitterColours::check(const Recipe& /*recipe*/) const {
  if (hue <= 0.5) return std::nullopt;
  return RecipeComplaint{"data.hue", fmt::format("data.hue = {} is above 0.5, half a turn", hue)};
}

void register_colour_jitter(KindsOf<ImageAugmentation>& kinds) { kinds.add<JitterColours>(); }

}  // namespace weft
