#include "weft/datasets/image_augmentation/colour_jitter.h"

#include "weft/data/decode/colour_jitter.h"

namespace weft {

void JitterColours::add_to(ImageTransform& transform) const {
  if (brightness == 0 && contrast == 0 && saturation == 0 && hue == 0) return;
  transform.changes.push_back(
      std::make_shared<ColourChange>(ColourRanges{brightness, contrast, saturation, hue}));
}

void register_colour_jitter(KindsOf<ImageAugmentation>& kinds) { kinds.add<JitterColours>(); }

}  // namespace weft
