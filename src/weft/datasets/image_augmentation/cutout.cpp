#include "weft/datasets/image_augmentation/cutout.h"

#include <algorithm>

namespace weft {

namespace {

/// A square around a random pixel, as far as it lies in the image.
class BlankSquare final : public Erasing {
 public:
  explicit BlankSquare(int64_t side) : side_(side) {}
  Box box(ImageSize image, const RandomStream& random) const override {
    const PhiloxBlock middle = random.block(1);
    return {around(below(middle[0], image.height), image.height),
            around(below(middle[1], image.width), image.width)};
  }

 private:
  Range around(int64_t middle, int64_t size) const {
    const int64_t begin = middle - side_ / 2;
    return {std::max<int64_t>(0, begin), std::min(size, begin + side_)};
  }

  int64_t side_;
};

}  // namespace

void Cutout::add_to(ImageTransform& transform) const {
  if (side > 0) transform.erasings.push_back(std::make_shared<BlankSquare>(side));
}

void register_cutout(KindsOf<ImageAugmentation>& kinds) { kinds.add<Cutout>(); }

}  // namespace weft
