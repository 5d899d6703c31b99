#include "weft/datasets/array_augmentation.h"

namespace weft {

const KindsOf<ArrayAugmentation>& ArrayAugmentation::kinds() {
  static const auto kKinds = KindsOf<ArrayAugmentation>::from(register_all_array_augmentations);
  return kKinds;
}

}  // namespace weft
