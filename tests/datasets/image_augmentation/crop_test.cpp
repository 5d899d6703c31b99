#include "weft/datasets/image_augmentation/crop.h"

#include <gtest/gtest.h>

#include "tests/datasets/augmented.h"

namespace weft {
namespace {

TEST(Crop, ShiftsImagesAsTheyAreAndCutsThoseThatAreScaled) {
  Crop crop;
  crop.augment = true;
  crop.area = {0.5, 0.75};
  ImageTransform as_it_is = testing::plain_transform();
  crop.add_to(as_it_is);
  EXPECT_EQ(as_it_is.crop, ImageTransform::Crop::padded);
  EXPECT_TRUE(as_it_is.mirror);
  ImageTransform scaled = usual_transform({40, 40}, 20);
  crop.add_to(scaled);
  EXPECT_EQ(scaled.crop, ImageTransform::Crop::random_resized);
  EXPECT_EQ(scaled.area, crop.area);
}

TEST(Crop, AnAreaIsAtLeastSomethingAndInOrder) {
  Crop crop;
  crop.area = {0.5, 0.25};
  EXPECT_EQ(crop.check(Recipe())->message, "data.area = [0.5, 0.25]: expected 0 < least <= greatest");
  crop.area = {0, 0.25};
  EXPECT_TRUE(crop.check(Recipe()));
  crop.area = {0.25, 0.25};
  EXPECT_FALSE(crop.check(Recipe()));
}

TEST(Crop, SaysWhereAnAreaDoesNothing) {
  const auto idle = [](bool augment, std::array<double, 2> area, const ImageTransform& images) {
    Crop crop;
    crop.augment = augment;
    crop.area = area;
    ImageTransform training = images;
    crop.add_to(training);
    return crop.idle_key(training);
  };
  const ImageTransform as_it_is = testing::plain_transform();
  const ImageTransform scaled = usual_transform({40, 40}, 20);
  EXPECT_EQ(idle(false, {0.5, 1}, scaled), "data.area does nothing: data.augment is off");
  EXPECT_EQ(idle(true, {0.5, 1}, as_it_is),
            "data.area does nothing: images are as they are and only shifted, where data.size is 0");
  EXPECT_EQ(idle(true, {0.5, 1}, scaled), "");
  EXPECT_EQ(idle(false, Crop().area, scaled), "");
  EXPECT_EQ(idle(true, Crop().area, as_it_is), "");
}

}  // namespace
}  // namespace weft
