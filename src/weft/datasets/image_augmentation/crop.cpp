#include "weft/datasets/image_augmentation/crop.h"

#include <fmt/format.h>

namespace weft {

void Crop::add_to(ImageTransform& transform) const {
  if (!augment) return;
  add_random_crop(transform);
  transform.area = area;
}

/// No error: whoever turns `augment` off to compare leaves the rest as it is.
std::string Crop::idle_key(const ImageTransform& training) const {
  if (area == Crop().area || training.crop == ImageTransform::Crop::random_resized) return {};
  return augment ? "data.area does nothing: images are as they are and only shifted, where data.size is 0"
                 : "data.area does nothing: data.augment is off";
}

Complaint Crop::check(const Recipe& /*recipe*/) const {
  if (area[0] > 0 && area[0] <= area[1]) return std::nullopt;
  return RecipeComplaint{
      "data.area", fmt::format("data.area = [{}, {}]: expected 0 < least <= greatest", area[0], area[1])};
}

void register_crop(KindsOf<ImageAugmentation>& kinds) { kinds.add<Crop>(); }

}  // namespace weft
