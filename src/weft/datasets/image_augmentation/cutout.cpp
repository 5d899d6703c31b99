#include "weft/datasets/image_augmentation/cutout.h"

namespace weft {

void register_cutout(KindsOf<ImageAugmentation>& kinds) { kinds.add<Cutout>(); }

}  // namespace weft
