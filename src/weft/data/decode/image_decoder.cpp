#include "weft/data/decode/image_decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

#include "weft/base/check.h"
#include "weft/data/decode/bmp_reader.h"
#include "weft/data/decode/image_placement.h"
#include "weft/data/decode/jpeg_reader.h"
#include "weft/data/decode/png_reader.h"
#include "weft/data/decode/resample.h"
#include "weft/data/decode/webp_reader.h"
#include "weft/data/decode/write_pixels.h"

namespace weft {

namespace {

enum class Format : uint8_t { jpeg, png, webp, bmp };

Format format_of(std::span<const std::byte> file, const std::string& name) {
  const auto has = [&](size_t at, std::string_view magic) {
    return file.size() >= at + magic.size() && std::memcmp(file.data() + at, magic.data(), magic.size()) == 0;
  };
  if (has(0, "\xff\xd8\xff")) return Format::jpeg;
  if (has(0, "\x89PNG\r\n\x1a\n")) return Format::png;
  if (has(0, "RIFF") && has(8, "WEBP")) return Format::webp;
  if (has(0, "BM")) return Format::bmp;
  user_error("{}: its {} bytes begin neither as JPEG nor as PNG, WebP or BMP", name, file.size());
}

/// The least size that still has all the pixels that the output asks for: libjpeg then computes no others.
int reduction_of(const ImagePlacement& place) {
  for (const int reduction : {8, 4, 2}) {
    if (place.height >= static_cast<double>(reduction * place.scaled.height) &&
        place.width >= static_cast<double>(reduction * place.scaled.width)) {
      return reduction;
    }
  }
  return 1;
}

/// Whole pixels that an interval touches.
Range hull(double from, double extent, int64_t size) {
  return {static_cast<int64_t>(std::floor(from)),
          std::min(size, static_cast<int64_t>(std::ceil(from + extent)))};
}

Range shifted(Range range, int64_t by) { return {range.begin + by, range.end + by}; }

void check_part(const ImageTransform& transform, const Region& part, const View& output) {
  const std::array<int64_t, 3> limits{transform.height, transform.width, 3};
  WEFT_CHECK(part.ranges.size() == 3 && output.type.shape.size() == 3, "an image has three dimensions");
  for (size_t i = 0; i < 3; ++i) {
    const Range range = part.ranges[i];
    WEFT_CHECK(range.begin >= 0 && range.end <= limits[i] && range.size() == output.type.shape[i],
               "part {} of an image {}x{} does not fit an output of {}", to_string(part), transform.width,
               transform.height, to_string(output.type.shape));
  }
}

}  // namespace

struct ImageDecoder::Buffers {
  JpegReader jpeg;
  PngReader png;
  WebpReader webp;
  BmpReader bmp;
  AxisWeights rows;
  AxisWeights columns;
  PixelBuffer between;
  PixelBuffer scaled;
  PixelBuffer changed;
  PixelBuffer scratch;

  Format format = Format::jpeg;
  ImageSize size;

  void open(std::span<const std::byte> file, const std::string& name) {
    format = format_of(file, name);
    switch (format) {
      case Format::jpeg:
        size = jpeg.open(file, name);
        break;
      case Format::png:
        size = png.open(file, name);
        break;
      case Format::webp:
        size = webp.open(file, name);
        break;
      case Format::bmp:
        size = bmp.open(file, name);
        break;
    }
  }
  /// Only JPEG images can be read scaled and in part.
  PixelView read(int reduction, Range wanted_rows, Range wanted_columns, const std::string& name) {
    switch (format) {
      case Format::jpeg:
        break;
      case Format::png:
        return png.read(name);
      case Format::webp:
        return webp.read(name);
      case Format::bmp:
        return bmp.read();
    }
    return jpeg.read(reduction, wanted_rows, wanted_columns, name);
  }

  PixelView read_scaled(const ImagePlacement& place, Range wanted_rows, Range wanted_columns,
                        const std::string& name);
  PixelView window(const ImagePlacement& place, Range wanted_rows, Range wanted_columns,
                   const std::string& name);
  PixelView own_copy(const PixelView& pixels, Range wanted_rows, Range wanted_columns);
};

/// A box of the scaled image.
PixelView ImageDecoder::Buffers::read_scaled(const ImagePlacement& place, Range wanted_rows,
                                             Range wanted_columns, const std::string& name) {
  const int reduction = format == Format::jpeg ? reduction_of(place) : 1;
  const ImageSize reduced{(size.height + reduction - 1) / reduction,
                          (size.width + reduction - 1) / reduction};
  const double unit = 1.0 / reduction;
  rows.set(place.top * unit, place.height * unit, hull(place.top * unit, place.height * unit, reduced.height),
           place.scaled.height, wanted_rows);
  columns.set(place.left * unit, place.width * unit,
              hull(place.left * unit, place.width * unit, reduced.width), place.scaled.width, wanted_columns);
  const PixelView source = read(reduction, rows.source(), columns.source(), name);
  return resample(source, rows, columns, between, scaled);
}

/// The pixels of a box of the output image before mirroring, as far as there are any.
PixelView ImageDecoder::Buffers::window(const ImagePlacement& place, Range wanted_rows, Range wanted_columns,
                                        const std::string& name) {
  const Range scaled_rows = common(shifted(wanted_rows, place.down), {0, place.scaled.height});
  const Range scaled_columns = common(shifted(wanted_columns, place.right), {0, place.scaled.width});
  const bool empty = scaled_rows.size() == 0 || scaled_columns.size() == 0;
  PixelView pixels;
  if (empty) {
    read(1, {0, 0}, {0, size.width}, name);  // damage must be found here, too
  } else if (place.same_scale()) {
    const auto top = static_cast<int64_t>(place.top);
    const auto left = static_cast<int64_t>(place.left);
    pixels = read(1, shifted(scaled_rows, top), shifted(scaled_columns, left), name);
    pixels.rows = shifted(pixels.rows, -top);
    pixels.columns = shifted(pixels.columns, -left);
  } else {
    pixels = read_scaled(place, scaled_rows, scaled_columns, name);
  }
  pixels.rows = shifted(pixels.rows, -place.down);
  pixels.columns = shifted(pixels.columns, -place.right);
  return pixels;
}

/// The pixels in memory of our own, with the padding, which changes as well.
PixelView ImageDecoder::Buffers::own_copy(const PixelView& pixels, Range wanted_rows, Range wanted_columns) {
  const PixelView own = changed.resize(wanted_rows, wanted_columns);
  const Range filled = common(wanted_columns, pixels.columns);
  for (int64_t y = wanted_rows.begin; y < wanted_rows.end; ++y) {
    std::memset(own.at(y, wanted_columns.begin), 0, static_cast<size_t>(own.row_bytes));
    if (y < pixels.rows.begin || y >= pixels.rows.end || filled.size() == 0) continue;
    std::memcpy(own.at(y, filled.begin), pixels.at(y, filled.begin),
                static_cast<size_t>(filled.size() * kPixelBytes));
  }
  return own;
}

ImageDecoder::ImageDecoder() : buffers_(std::make_unique<Buffers>()) {}
ImageDecoder::~ImageDecoder() = default;

ImageSize ImageDecoder::size(std::span<const std::byte> file, const std::string& name) {
  buffers_->open(file, name);
  return buffers_->size;
}

void ImageDecoder::decode(std::span<const std::byte> file, const std::string& name,
                          const ImageTransform& transform, const RandomStream& random, const Region& part,
                          const View& output) {
  check_part(transform, part, output);
  buffers_->open(file, name);
  const ImagePlacement place = place_image(transform, buffers_->size, random, name);
  using Reach = PixelChange::Reach;
  Reach reach = Reach::nothing;
  for (const auto& change : transform.changes) reach = std::max(reach, change->reach(random));
  Range rows = part.ranges[0];
  Range columns = part.ranges[1];
  if (place.mirrored) columns = {transform.width - columns.end, transform.width - columns.begin};
  if (reach == Reach::image) {
    rows = {0, transform.height};
    columns = {0, transform.width};
  }
  PixelView pixels = buffers_->window(place, rows, columns, name);
  if (reach != Reach::nothing) {
    pixels = buffers_->own_copy(pixels, rows, columns);
    for (const auto& change : transform.changes) {
      if (change->reach(random) != Reach::nothing) change->apply(pixels, buffers_->scratch, random);
    }
  }
  write_pixels(pixels, transform, place, part, output);
  for (const auto& erasing : transform.erasings) {
    erase(erasing->box({transform.height, transform.width}, random), part, output);
  }
}

RandomStream augmentation_stream(uint64_t seed, int64_t epoch, int64_t sample) {
  // The upper bits keep clear of the streams of other purposes.
  constexpr uint64_t kAugmentation = uint64_t{0x617567} << 40;  // "aug"
  return {seed, kAugmentation + static_cast<uint64_t>(sample), static_cast<uint64_t>(epoch)};
}

}  // namespace weft
