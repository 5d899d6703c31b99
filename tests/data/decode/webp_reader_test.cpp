#include "weft/data/decode/webp_reader.h"

#include "tests/data/decode/whole_images.h"
#include "weft/base/check.h"

namespace weft {
namespace {

using testing::as_webp;
using testing::make_picture;

std::string message_of(std::span<const std::byte> file) {
  WebpReader reader;
  try {
    reader.open(file, "image");
    reader.read("image");
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(WebpReader, ReadsWhatWasWritten) {
  WebpReader reader;
  for (const int64_t side : {1, 17, 64}) {
    const auto picture = make_picture(side, side + 3);
    const auto file = as_webp(picture);
    EXPECT_EQ(reader.open(file, "image"), (ImageSize{side, side + 3}));
    testing::expect_pixels(reader.read("image"), picture,
                           [&](int64_t y, int64_t x, int64_t c) { return picture.at(y, x, c); });
  }
}

TEST(WebpReader, LossyImagesAreNear) {
  const auto picture = make_picture(40, 50);
  const auto file = as_webp(picture, /*lossless=*/false);
  WebpReader reader;
  reader.open(file, "image");
  const PixelView view = reader.read("image");
  double sum = 0;
  for (int64_t y = 0; y < 40; ++y) {
    for (int64_t x = 0; x < 50; ++x) {
      for (int64_t c = 0; c < 3; ++c) sum += std::abs(view.at(y, x)[c] - picture.at(y, x, c));
    }
  }
  EXPECT_LT(sum / (40 * 50 * 3), 12);
}

TEST(WebpReader, SaysWhatCannotBeRead) {
  const auto file = as_webp(make_picture(40, 40));
  EXPECT_EQ(message_of(std::span(file).first(16)), "image: no WebP image that can be read");
  EXPECT_EQ(message_of(std::span(file).first(file.size() / 2)), "image: the WebP image is damaged");
  // The extended header of an animation, as in the container's specification.
  static constexpr char kAnimation[] =
      "RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x09\0\0\x09\0\0ANIM\x06\0\0\0\0\0\0\0\0\0";
  const auto animation = std::as_bytes(std::span(kAnimation).first<sizeof(kAnimation) - 1>());
  EXPECT_EQ(message_of(animation), "image: a WebP animation, and only still images are read");
}

}  // namespace
}  // namespace weft
