// Of data/decode/jpeg_reader.h, data/decode/png_reader.h, data/decode/write_pixels.h: decoding: the formats,
// the parts, the draws, the errors.
#include "weft/data/decode/image_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <set>
#include <thread>

#include "tests/data/decode/image_files.h"
#include "tests/data/decode/random_changes.h"
#include "weft/base/check.h"
#include "weft/data/decode/jpeg_reader.h"

namespace weft {
namespace {

using testing::as_jpeg;
using testing::as_png;
using testing::make_picture;
using testing::Picture;
using Crop = ImageTransform::Crop;

/// Owns the memory of a view.
struct Image {
  std::vector<std::byte> bytes;
  View view;
  bool operator==(const Image& other) const { return bytes == other.bytes; }
};

Image make_image(DType dtype, const Region& part) {
  Image image;
  image.view.type = {dtype, part.shape()};
  image.bytes.resize(static_cast<size_t>(image.view.bytes()));
  image.view.data = image.bytes.data();
  return image;
}

Image decode(std::span<const std::byte> file, const ImageTransform& transform, DType dtype,
             const RandomStream& random, const Region& part, ImageDecoder& decoder) {
  Image image = make_image(dtype, part);
  decoder.decode(file, "image", transform, random, part, image.view);
  return image;
}

Region whole(const ImageTransform& transform) { return Region::all({transform.height, transform.width, 3}); }

Image decode(std::span<const std::byte> file, const ImageTransform& transform, DType dtype = DType::u8,
             const RandomStream& random = {}) {
  ImageDecoder decoder;
  return decode(file, transform, dtype, random, whole(transform), decoder);
}

ImageTransform plain(int64_t height, int64_t width) {
  ImageTransform transform;
  transform.height = height;
  transform.width = width;
  return transform;
}

/// Everything at once.
ImageTransform busy(Crop crop, bool whole = false) {
  ImageTransform transform = plain(24, 20);
  transform.crop = crop;
  transform.resize = 27;
  transform.mirror = true;
  transform.erasings.push_back(std::make_shared<testing::RandomBox>());
  transform.changes.push_back(std::make_shared<testing::Shift>(whole));
  transform.mean = {0.485, 0.456, 0.406};
  transform.deviation = {0.229, 0.224, 0.225};
  return transform;
}

std::string message_of(std::span<const std::byte> file, const ImageTransform& transform) {
  try {
    decode(file, transform);
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

double mean_difference(const Image& image, const Picture& picture) {
  double sum = 0;
  for (size_t i = 0; i < picture.rgb.size(); ++i) {
    sum += std::abs(static_cast<int>(std::to_integer<uint8_t>(image.bytes[i])) - picture.rgb[i]);
  }
  return sum / static_cast<double>(picture.rgb.size());
}

TEST(ImageDecoder, PngKeepsEveryByte) {
  const Picture picture = make_picture(21, 34);
  const ImageTransform transform = plain(21, 34);
  for (const bool interlaced : {false, true}) {
    for (const bool alpha : {false, true}) {
      for (const int depth : {8, 16}) {
        const Image image =
            decode(as_png(picture, {.depth = depth, .alpha = alpha, .interlaced = interlaced}), transform);
        EXPECT_EQ(std::memcmp(image.bytes.data(), picture.rgb.data(), picture.rgb.size()), 0)
            << depth << " bits, alpha " << alpha << ", interlaced " << interlaced;
      }
    }
  }
}

TEST(ImageDecoder, GreyAndPalettesBecomeThreeEqualChannels) {
  const Picture picture = make_picture(9, 13);
  for (const bool palette : {false, true}) {
    for (const int depth : {1, 2, 4, 8}) {
      const Image image =
          decode(as_png(picture, {.depth = depth, .grey = !palette, .palette = palette}), plain(9, 13));
      for (size_t i = 0; i < picture.rgb.size(); ++i) {
        const int level = picture.rgb[i - i % 3] >> (8 - depth);
        ASSERT_EQ(std::to_integer<int>(image.bytes[i]), level * 255 / ((1 << depth) - 1))
            << depth << " bits, palette " << palette;
      }
    }
  }
}

TEST(ImageDecoder, JpegIsCloseToWhatWasStored) {
  const Picture picture = make_picture(48, 64);
  // Quality 100 without subsampling errs by rounding only: of DCT coefficients, and of colours.
  const testing::JpegOptions best{.quality = 100, .horizontal = 1, .vertical = 1};
  EXPECT_LT(mean_difference(decode(as_jpeg(picture, best), plain(48, 64)), picture), 1.0);
}

TEST(ImageDecoder, CmykWithoutBlackIsRgb) {
  const Picture picture = make_picture(32, 40);
  const testing::JpegOptions inks{.quality = 100, .components = 4};
  EXPECT_LT(mean_difference(decode(as_jpeg(picture, inks), plain(32, 40)), picture), 1.0);
}

TEST(ImageDecoder, GreyJpegHasEqualChannels) {
  const Image image = decode(as_jpeg(make_picture(16, 16), {.components = 1}), plain(16, 16));
  for (size_t i = 0; i < image.bytes.size(); ++i) ASSERT_EQ(image.bytes[i], image.bytes[i - i % 3]);
}

TEST(ImageDecoder, SizeIsTheHeaders) {
  ImageDecoder decoder;
  EXPECT_EQ(decoder.size(as_jpeg(make_picture(17, 23)), "a"), (ImageSize{17, 23}));
  EXPECT_EQ(decoder.size(as_png(make_picture(5, 7)), "b"), (ImageSize{5, 7}));
}

/// A box alone has the pixels that it has in the whole, whatever chroma is interpolated from outside of it.
TEST(JpegReader, ABoxEqualsItsPartOfTheWhole) {
  const Picture picture = make_picture(150, 190);
  const RandomStream random{3, 0, 0};
  JpegReader reader;
  PixelBuffer copy;
  uint64_t word = 0;
  for (const auto& [horizontal, vertical] : {std::pair{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}}) {
    for (const bool progressive : {false, true}) {
      const auto file = as_jpeg(picture, {80, horizontal, vertical, progressive, 3});
      for (const int reduction : {1, 2, 4, 8}) {
        const Range rows{0, (150 + reduction - 1) / reduction};
        const Range columns{0, (190 + reduction - 1) / reduction};
        reader.open(file, "image");
        const PixelView all = reader.read(reduction, rows, columns, "image");
        const PixelView expected = copy.resize(rows, columns);
        std::memcpy(expected.data, all.data, static_cast<size_t>(rows.size() * all.row_bytes));
        for (int i = 0; i < 25; ++i) {
          const auto draw = [&](int64_t bound) {
            return static_cast<int64_t>(random.below(word++, static_cast<uint64_t>(bound)));
          };
          const int64_t y = draw(rows.size());
          const int64_t x = draw(columns.size());
          const Range box_rows{y, y + 1 + draw(rows.size() - y)};
          const Range box_columns{x, x + 1 + draw(columns.size() - x)};
          reader.open(file, "image");
          const PixelView box = reader.read(reduction, box_rows, box_columns, "image");
          for (int64_t at = box_rows.begin; at < box_rows.end; ++at) {
            for (int64_t c = box_columns.begin; c < box_columns.end; ++c) {
              ASSERT_EQ(std::memcmp(box.at(at, c), expected.at(at, c), 3), 0)
                  << horizontal << "x" << vertical << " progressive " << progressive << " 1/" << reduction
                  << " box rows [" << box_rows.begin << ", " << box_rows.end << ") columns ["
                  << box_columns.begin << ", " << box_columns.end << ") at " << at << ", " << c;
            }
          }
        }
      }
    }
  }
}

/// All ways of cutting give the pixels of the whole, in every dtype.
TEST(ImageDecoder, PartsMakeTheWhole) {
  const auto jpeg = as_jpeg(make_picture(61, 75));
  const auto png = as_png(make_picture(61, 75));
  ImageDecoder decoder;
  uint64_t word = 0;
  for (const Crop crop : {Crop::padded, Crop::centre, Crop::random_resized}) {
    for (const bool at_all : {false, true}) {
      for (const DType dtype : {DType::u8, DType::bf16, DType::f32, DType::f64}) {
        for (int64_t sample = 0; sample < 12; ++sample) {
          const ImageTransform transform = busy(crop, at_all);
          const RandomStream random = augmentation_stream(7, 1, sample);
          const auto& file = sample % 2 == 0 ? jpeg : png;
          const Image all = decode(file, transform, dtype, random, whole(transform), decoder);
          const auto cut = [&](int64_t size) {
            return static_cast<int64_t>(RandomStream{5, 0, 0}.below(word++, static_cast<uint64_t>(size + 1)));
          };
          const int64_t y = cut(24);
          const int64_t x = cut(20);
          const int64_t c = cut(3);
          Image joined = make_image(dtype, whole(transform));
          for (const Range rows : {Range{0, y}, Range{y, 24}}) {
            for (const Range columns : {Range{0, x}, Range{x, 20}}) {
              for (const Range channels : {Range{0, c}, Range{c, 3}}) {
                const Region part{{rows, columns, channels}};
                const Image piece = decode(file, transform, dtype, random, part, decoder);
                copy_region(piece.view, part, joined.view, whole(transform), part);
              }
            }
          }
          ASSERT_TRUE(joined == all) << "crop " << static_cast<int>(crop) << " " << name_of(dtype)
                                     << " sample " << sample << " cut at " << y << ", " << x << ", " << c;
        }
      }
    }
  }
}

TEST(ImageDecoder, AnyThreadGivesTheSamePixels) {
  const auto file = as_jpeg(make_picture(80, 100));
  const ImageTransform transform = busy(Crop::random_resized);
  constexpr int64_t kSamples = 40;
  const auto run = [&](std::vector<Image>& images) {
    ImageDecoder decoder;
    for (int64_t sample = 0; sample < kSamples; ++sample) {
      images.push_back(
          decode(file, transform, DType::f32, augmentation_stream(1, 0, sample), whole(transform), decoder));
    }
  };
  std::vector<Image> first;
  std::vector<Image> second;
  std::thread other([&] { run(second); });
  run(first);
  other.join();
  EXPECT_TRUE(first == second);
  // And a cold decoder, in another order.
  for (int64_t sample = kSamples - 1; sample >= 0; --sample) {
    EXPECT_TRUE(decode(file, transform, DType::f32, augmentation_stream(1, 0, sample)) ==
                first[static_cast<size_t>(sample)]);
  }
}

TEST(ImageDecoder, EpochsSamplesAndSeedsDiffer) {
  const auto file = as_jpeg(make_picture(80, 100));
  const ImageTransform transform = busy(Crop::random_resized);
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    for (int64_t epoch = 0; epoch < 5; ++epoch) {
      for (int64_t sample = 0; sample < 5; ++sample) {
        const Image image = decode(file, transform, DType::u8, augmentation_stream(seed, epoch, sample));
        seen.emplace(reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size());
      }
    }
  }
  EXPECT_EQ(seen.size(), 75u);
}

TEST(ImageDecoder, PaddedCropsReachEveryPlaceAndArePaddedWithBlack) {
  const Picture picture = make_picture(8, 8);
  const auto file = as_png(picture);
  ImageTransform transform = plain(8, 8);
  transform.crop = Crop::padded;
  transform.padding = 1;
  transform.mirror = true;
  ImageDecoder decoder;
  std::set<std::array<int64_t, 3>> places;
  for (int64_t sample = 0; sample < 300; ++sample) {
    const Image image =
        decode(file, transform, DType::u8, augmentation_stream(0, 0, sample), whole(transform), decoder);
    int64_t matches = 0;
    for (int64_t place = 0; place < 18; ++place) {
      const int64_t down = place % 3 - 1;
      const int64_t right = place / 3 % 3 - 1;
      const bool mirrored = place >= 9;
      bool same = true;
      for (int64_t i = 0; i < 8 * 8 * 3; ++i) {
        const int64_t y = i / 24 + down;
        const int64_t x = (mirrored ? 7 - i / 3 % 8 : i / 3 % 8) + right;
        const int expected = y < 0 || y > 7 || x < 0 || x > 7 ? 0 : picture.at(y, x, i % 3);
        same = same && std::to_integer<int>(image.bytes[static_cast<size_t>(i)]) == expected;
      }
      if (!same) continue;
      ++matches;
      places.insert({down, right, mirrored});
    }
    ASSERT_EQ(matches, 1);
  }
  EXPECT_EQ(places.size(), 18u);
}

TEST(ImageDecoder, NormalisesToMeanAndDeviation) {
  const Picture picture = make_picture(5, 37);
  ImageTransform transform = plain(5, 37);
  transform.mean = {0.485, 0.456, 0.406};
  transform.deviation = {0.229, 0.224, 0.225};
  const Image f64 = decode(as_png(picture), transform, DType::f64);
  const Image f32 = decode(as_png(picture), transform, DType::f32);
  const Image bf16 = decode(as_png(picture), transform, DType::bf16);
  for (int64_t i = 0; i < 5 * 37 * 3; ++i) {
    const auto c = static_cast<size_t>(i % 3);
    const double expected =
        (picture.rgb[static_cast<size_t>(i)] / 255.0 - transform.mean[c]) / transform.deviation[c];
    ASSERT_NEAR(f64.view.as<double>()[i], expected, 1e-14);
    // Two roundings of constants, two of results, of numbers up to 255 scaled down by 57.
    ASSERT_NEAR(f32.view.as<float>()[i], expected, 6e-7);
    ASSERT_EQ(bf16.view.as<BFloat16>()[i].bits, BFloat16(f32.view.as<float>()[i]).bits);
  }
}

TEST(ImageDecoder, ErasesABoxAfterNormalising) {
  ImageTransform transform = plain(20, 30);
  transform.erasings.push_back(std::make_shared<testing::RandomBox>());
  transform.mean = {2, 2, 2};  // no pixel becomes zero
  const auto file = as_png(make_picture(20, 30));
  for (int64_t sample = 0; sample < 50; ++sample) {
    const RandomStream random = augmentation_stream(0, 0, sample);
    const Erasing::Box box = testing::RandomBox().box({20, 30}, random);
    const Image image = decode(file, transform, DType::f32, random);
    for (int64_t i = 0; i < image.view.elems(); ++i) {
      const int64_t y = i / 3 / 30;
      const int64_t x = i / 3 % 30;
      const bool inside =
          y >= box.rows.begin && y < box.rows.end && x >= box.columns.begin && x < box.columns.end;
      ASSERT_EQ(image.view.as<float>()[i] == 0, inside) << y << ", " << x;
    }
  }
}

TEST(ImageDecoder, EveryFormatGivesTheSamePixels) {
  const auto picture = make_picture(20, 30);
  ImageTransform scaled = plain(12, 18);
  scaled.crop = Crop::centre;
  scaled.resize = 12;
  const Image expected = decode(as_png(picture), scaled, DType::f32, {});
  for (const auto& file :
       {testing::as_webp(picture), testing::as_bmp(picture), testing::as_bmp(picture, {.bits = 32})}) {
    const Image image = decode(file, scaled, DType::f32, {});
    for (int64_t i = 0; i < image.view.elems(); ++i) {
      ASSERT_EQ(image.view.as<float>()[i], expected.view.as<float>()[i]) << i;
    }
  }
}

TEST(ImageDecoder, ErrorsNameTheFileAndWhatIsWrong) {
  const auto jpeg = as_jpeg(make_picture(40, 40));
  const auto png = as_png(make_picture(40, 40));
  const auto text = std::as_bytes(std::span("no image", 8));
  EXPECT_EQ(message_of(text, plain(40, 40)),
            "image: its 8 bytes begin neither as JPEG nor as PNG, WebP or BMP");
  EXPECT_EQ(message_of({}, plain(40, 40)),
            "image: its 0 bytes begin neither as JPEG nor as PNG, WebP or BMP");
  EXPECT_EQ(
      message_of(jpeg, plain(32, 30)),
      "image: the image is 40x40, and without a crop it must be 30x32; set size (data.size in a recipe), to "
      "which images of all sizes are scaled");
  // What is in the parentheses is the library's, and differs from release to release.
  EXPECT_TRUE(message_of(std::span(jpeg).first(jpeg.size() * 2 / 3), plain(40, 40))
                  .starts_with("image: the JPEG image is damaged ("));
  EXPECT_EQ(message_of(std::span(jpeg).first(20), plain(40, 40)),
            "image: no JPEG image that can be read (JPEG datastream contains no image)");
  EXPECT_EQ(message_of(std::span(png).first(20), plain(40, 40)),
            "image: no PNG image that can be read (the file ends too early)");
  EXPECT_EQ(message_of(std::span(png).first(png.size() * 2 / 3), plain(40, 40)),
            "image: the PNG image is damaged (the file ends too early)");
  auto flipped = png;
  flipped[png.size() / 2] ^= std::byte{1};
  EXPECT_NE(message_of(flipped, plain(40, 40)).find("image: the PNG image is damaged ("), std::string::npos);
  ImageTransform crop = plain(50, 50);
  crop.crop = Crop::padded;
  EXPECT_EQ(
      message_of(jpeg, crop),
      "image: the image is 40x40, too small to cut 50x50 out of it padded by 4; set size (data.size in a "
      "recipe), to which images of all sizes are scaled");
  crop.crop = Crop::centre;
  crop.resize = 45;
  EXPECT_EQ(message_of(jpeg, crop), "image: scaled to 45x45, the image is too small to cut 50x50 out of it");
}

/// Writes `value` big-endian.
void put(std::vector<std::byte>& file, size_t at, uint32_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) file[at + i] = static_cast<std::byte>(value >> (8 * (bytes - 1 - i)));
}

// What the header says is not allocated first.
TEST(ImageDecoder, SaysWhichImagesAreTooLarge) {
  auto jpeg = as_jpeg(make_picture(40, 40));
  const std::array frame{std::byte{0xff}, std::byte{0xc0}};  // marker, length (2), depth (1), height, width
  const auto at = std::search(jpeg.begin(), jpeg.end(), frame.begin(), frame.end()) - jpeg.begin();
  ASSERT_LT(at + 9, std::ssize(jpeg));
  put(jpeg, static_cast<size_t>(at) + 5, 10000, 2);
  put(jpeg, static_cast<size_t>(at) + 7, 20000, 2);
  EXPECT_EQ(message_of(jpeg, plain(40, 40)),
            "image: a JPEG image of 20000x10000 pixels, and at most 134217728 pixels are read");
  auto png = as_png(make_picture(40, 40));
  // Signature (8), length (4), then the sum is of "IHDR", width, height and 5 bytes more.
  put(png, 16, 20000, 4);
  put(png, 20, 10000, 4);
  put(png, 29, static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(png.data()) + 12, 17)), 4);
  EXPECT_EQ(message_of(png, plain(40, 40)),
            "image: a PNG image of 20000x10000 pixels, and at most 134217728 pixels are read");
}

TEST(ImageDecoder, EveryPartOfADamagedImageFails) {
  const auto file = as_jpeg(make_picture(200, 200));
  const auto damaged = std::span(file).first(file.size() * 9 / 10);
  ImageTransform transform = plain(16, 16);
  transform.crop = Crop::random_resized;
  ImageDecoder decoder;
  for (int64_t sample = 0; sample < 20; ++sample) {
    for (int64_t row = 0; row < 16; row += 5) {
      const Region part{{{row, row + 1}, {0, 4}, {0, 3}}};
      EXPECT_THROW(decode(damaged, transform, DType::u8, augmentation_stream(0, 0, sample), part, decoder),
                   UserError);
    }
  }
}

TEST(ImageDecoder, AFailureLeavesTheDecoderUsable) {
  const auto file = as_jpeg(make_picture(40, 40));
  const ImageTransform transform = plain(40, 40);
  const Image expected = decode(file, transform);
  ImageDecoder decoder;
  for (size_t size = 0; size < file.size(); size += 37) {
    EXPECT_THROW(decode(std::span(file).first(size), transform, DType::u8, {}, whole(transform), decoder),
                 UserError);
    EXPECT_TRUE(decode(file, transform, DType::u8, {}, whole(transform), decoder) == expected);
  }
}

}  // namespace
}  // namespace weft
