// Where an output image comes from.
#include "weft/data/decode/image_placement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

using Crop = ImageTransform::Crop;

TEST(ImagePlacement, RandomBoxesLieInTheImageAndHaveTheirAreaAndAspect) {
  ImageTransform transform;
  transform.height = transform.width = 32;
  transform.crop = Crop::random_resized;
  transform.area = {0.25, 0.5};
  transform.aspect = {0.5, 2};
  double area_sum = 0;
  double log_aspect_sum = 0;
  constexpr int kSamples = 4000;
  for (uint64_t sample = 0; sample < kSamples; ++sample) {
    const ImagePlacement place = place_image(transform, {400, 400}, {9, sample, 0}, "");
    ASSERT_GE(place.top, 0);
    ASSERT_GE(place.left, 0);
    ASSERT_LE(place.top + place.height, 400);
    ASSERT_LE(place.left + place.width, 400);
    const double area = place.height * place.width / 160000;
    // Sides are rounded to whole pixels: by up to 1/2 of at least 141.
    ASSERT_GT(area, 0.25 * 0.99);
    ASSERT_LT(area, 0.5 * 1.01);
    ASSERT_GT(place.width / place.height, 0.5 * 0.99);
    ASSERT_LT(place.width / place.height, 2 * 1.01);
    area_sum += area;
    log_aspect_sum += std::log(place.width / place.height);
  }
  // Four standard errors: a uniform area's deviation is 0.25 / sqrt(12), a logarithm's of the aspect 0.40.
  EXPECT_NEAR(area_sum / kSamples, 0.375, 4 * 0.0722 / std::sqrt(kSamples));
  EXPECT_NEAR(log_aspect_sum / kSamples, 0, 4 * 0.40 / std::sqrt(kSamples));
}

TEST(ImagePlacement, AnImageTooThinForAnyBoxGivesItsMiddle) {
  ImageTransform transform;
  transform.height = transform.width = 8;
  transform.crop = Crop::random_resized;
  transform.area = {0.9, 1};
  const ImagePlacement wide = place_image(transform, {10, 1000}, {}, "");
  EXPECT_EQ(wide.height, 10);
  EXPECT_EQ(wide.width, 13);  // 10 * 4 / 3
  EXPECT_EQ(wide.left, 493);
  const ImagePlacement tall = place_image(transform, {1000, 9}, {}, "");
  EXPECT_EQ(tall.width, 9);
  EXPECT_EQ(tall.height, 12);  // 9 / (3 / 4)
  EXPECT_EQ(tall.top, 494);
}

TEST(ImagePlacement, TheCentreRoundsAsTorchvisionDoes) {
  ImageTransform transform;
  transform.height = transform.width = 224;
  transform.crop = Crop::centre;
  transform.resize = 256;
  const ImagePlacement place = place_image(transform, {375, 500}, {}, "");
  EXPECT_EQ(place.scaled, (ImageSize{256, 341}));
  EXPECT_EQ(place.down, 16);
  EXPECT_EQ(place.right, 58);  // 58.5 to the even side
  EXPECT_FALSE(place.mirrored);
}

}  // namespace
}  // namespace weft
