#include "weft/data/decode/bmp_reader.h"

#include "tests/data/decode/whole_images.h"
#include "weft/base/check.h"

namespace weft {
namespace {

using testing::as_bmp;
using testing::BmpOptions;
using testing::make_picture;

std::string message_of(std::span<const std::byte> file) {
  try {
    BmpReader().open(file, "image");
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

TEST(BmpReader, ReadsWhatWasWritten) {
  BmpReader reader;
  const auto picture = make_picture(9, 13);
  for (const BmpOptions& options : {BmpOptions{}, BmpOptions{.from_top = true}, BmpOptions{.bits = 32},
                                    BmpOptions{.bits = 32, .masks = true}, BmpOptions{.is_old = true}}) {
    const auto file = as_bmp(picture, options);
    EXPECT_EQ(reader.open(file, "image"), (ImageSize{9, 13}));
    testing::expect_pixels(reader.read(), picture,
                           [&](int64_t y, int64_t x, int64_t c) { return picture.at(y, x, c); });
  }
}

TEST(BmpReader, ReadsPalettes) {
  BmpReader reader;
  const auto picture = make_picture(7, 21);
  for (const int bits : {1, 4, 8}) {
    for (const bool is_old : {false, true}) {
      const auto file = as_bmp(picture, {.bits = bits, .is_old = is_old});
      reader.open(file, "image");
      testing::expect_pixels(reader.read(), picture, [&](int64_t y, int64_t x, int64_t) {
        return (picture.at(y, x, 0) >> (8 - bits)) * 255 / ((1 << bits) - 1);
      });
    }
  }
}

TEST(BmpReader, SaysWhatCannotBeRead) {
  const auto good = as_bmp(make_picture(9, 13));
  const auto changed = [&](size_t at, int value) {
    auto file = good;
    file[at] = static_cast<std::byte>(value);
    return message_of(file);
  };
  EXPECT_EQ(message_of(std::span(good).first(good.size() - 1)),
            "image: the BMP image is damaged (its 413 bytes end within the pixels)");
  EXPECT_EQ(message_of(std::span(good).first(20)), "image: no BMP image that can be read");
  EXPECT_EQ(changed(14, 13), "image: no BMP image that can be read");
  EXPECT_EQ(changed(20, 0x20), "image: no BMP image that can be read");
  EXPECT_EQ(
      changed(28, 16),
      "image: a BMP image of 16 bits a pixel in compression 0, and only plain ones of 1, 4, 8, 24 or 32 bits "
      "are read");
  EXPECT_EQ(
      changed(30, 1),
      "image: a BMP image of 24 bits a pixel in compression 1, and only plain ones of 1, 4, 8, 24 or 32 bits "
      "are read");
  auto large = good;
  large[19] = large[23] = std::byte{0xff};
  EXPECT_EQ(message_of(large),
            "image: a BMP image of 65293x65289 pixels, and at most 134217728 pixels are read");
  auto masks = as_bmp(make_picture(9, 13), {.bits = 32, .masks = true});
  masks[54] = std::byte{0x7f};
  EXPECT_EQ(message_of(masks), "image: a BMP image whose colours are no whole bytes, which is not read");
  auto palette = as_bmp(make_picture(1, 1), {.bits = 8});
  palette[10] = std::byte{0};
  palette[11] = std::byte{0};
  palette.resize(200);
  EXPECT_EQ(message_of(palette), "image: the BMP image is damaged (its palette is cut short)");
}

}  // namespace
}  // namespace weft
