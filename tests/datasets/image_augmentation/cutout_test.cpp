#include "weft/datasets/image_augmentation/cutout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

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

TEST(Cutout, BlanksZerosAfterNormalising) {
  Cutout cutout;
  cutout.side = 6;
  ImageTransform transform = testing::plain_transform();
  transform.mean = {2, 2, 2};  // no pixel becomes zero
  cutout.add_to(transform);
  std::set<int64_t> areas;
  for (int64_t sample = 0; sample < 200; ++sample) {
    const std::vector<float> pixels = testing::augmented(transform, sample);
    areas.insert(std::ranges::count(pixels, 0.0F) / 3);
  }
  EXPECT_EQ(*areas.rbegin(), 36);    // whole squares, and
  EXPECT_GE(*areas.begin(), 3 * 3);  // those cut by a corner
}

}  // namespace
}  // namespace weft
