#include "weft/datasets/image_augmentation.h"

namespace weft {

const KindsOf<ImageAugmentation>& ImageAugmentation::kinds() {
  static const auto kKinds = KindsOf<ImageAugmentation>::from(register_all_image_augmentations);
  return kKinds;
}

}  // namespace weft
