#include "weft/datasets/image_augmentation/crop.h"

#include <fmt/format.h>

namespace weft {

void Crop::add_to(ImageTransform& transform) const {
  if (!augment) return;
  add_random_crop(transform);
  transform.area = area;
}

Complaint Crop::check(const Recipe& /*recipe*/) const {
  if (area[0] > 0 && area[0] <= area[1]) return std::nullopt;
  return RecipeComplaint{
      "data.area", fmt::format("data.area = [{}, {}]: expected 0 < least <= greatest", area[0], area[1])};
}

void register_crop(KindsOf<ImageAugmentation>& kinds) { kinds.add<Crop>(); }

}  // namespace weft
