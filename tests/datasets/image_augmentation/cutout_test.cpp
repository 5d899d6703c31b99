#include "weft/datasets/image_augmentation/cutout.h"

#include <gtest/gtest.h>

#include "tests/datasets/augmented.h"

namespace weft {
namespace {

TEST(Cutout, BlanksASquareOfWhichPartMayLieOutside) {
  Cutout cutout;
  cutout.side = 6;
  ImageTransform transform = testing::plain_transform();
  cutout.add_to(transform);
  bool whole = false;
  for (int64_t sample = 0; sample < 50; ++sample) {
    const std::vector<float> pixels = testing::augmented(transform, sample);
    int64_t blank = 0;
    for (size_t i = 0; i < pixels.size(); i += 3) {
      blank += pixels[i] == 0 && pixels[i + 1] == 0 && pixels[i + 2] == 0 ? 1 : 0;
    }
    EXPECT_GT(blank, 0);
    EXPECT_LE(blank, 36 + 5) << "the picture has a few black pixels of its own";
    whole = whole || blank >= 36;
  }
  EXPECT_TRUE(whole);
}

}  // namespace
}  // namespace weft
