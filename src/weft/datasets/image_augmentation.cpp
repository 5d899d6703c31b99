#include "weft/datasets/image_augmentation.h"

#include <fmt/format.h>

namespace weft {

const KindsOf<ImageAugmentation>& ImageAugmentation::kinds() {
  static const auto kKinds = KindsOf<ImageAugmentation>::from(register_all_image_augmentations);
  return kKinds;
}

const BatchMixing* mixing_of(const ImageAugmentations& augmentations) {
  for (const auto& augmentation : augmentations) {
    if (const BatchMixing* mixing = augmentation->mixing()) return mixing;
  }
  return nullptr;
}

Complaint one_mixing(const ImageAugmentations& augmentations) {
  const ImageAugmentation* first = nullptr;
  for (const auto& augmentation : augmentations) {
    if (augmentation->mixing() == nullptr) continue;
    if (first != nullptr) {
      return RecipeComplaint{
          "data." + augmentation->keys().front().name,
          fmt::format("{} and {} both mix a whole batch, and a step does one of them; leave one out",
                      first->name(), augmentation->name())};
    }
    first = augmentation.get();
  }
  return std::nullopt;
}

}  // namespace weft
