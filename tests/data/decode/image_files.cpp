#include "tests/data/decode/image_files.h"

#include <png.h>
#include <webp/encode.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
// After cstdio, which it needs.
#include <jpeglib.h>

namespace weft::testing {

Picture make_picture(int64_t height, int64_t width, uint64_t seed) {
  Picture picture{height, width, {}};
  const RandomStream random{seed, 0, 0};
  picture.rgb.reserve(static_cast<size_t>(height * width * 3));
  uint64_t word = 0;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double wave = std::sin(0.13 * static_cast<double>(x) * (c + 1) + static_cast<double>(seed)) +
                            std::cos(0.07 * static_cast<double>(y) * (3 - c));
        picture.rgb.push_back(static_cast<uint8_t>(110 + 45 * wave + 30 * random.uniform(word++)));
      }
    }
  }
  return picture;
}

std::vector<std::byte> as_jpeg(const Picture& picture, const JpegOptions& options) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(picture.width);
  info.image_height = static_cast<JDIMENSION>(picture.height);
  info.input_components = options.components;
  info.in_color_space = options.components == 1   ? JCS_GRAYSCALE
                        : options.components == 3 ? JCS_RGB
                                                  : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, options.quality, TRUE);
  info.comp_info[0].h_samp_factor = options.components == 3 ? options.horizontal : 1;
  info.comp_info[0].v_samp_factor = options.components == 3 ? options.vertical : 1;
  if (options.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row;
  for (int64_t y = 0; y < picture.height; ++y) {
    row.clear();
    for (int64_t x = 0; x < picture.width; ++x) {
      // CMYK as Adobe writes it: the values are inverted, and black is not used.
      for (int c = 0; c < options.components; ++c) row.push_back(c < 3 ? picture.at(y, x, c) : 255);
    }
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::vector<std::byte> file(size);
  std::memcpy(file.data(), bytes, size);
  std::free(bytes);  // NOLINT: jpeg_mem_dest's memory is malloc's
  return file;
}

namespace {

void append(png_structp png, png_bytep data, size_t count) {
  auto& file = *static_cast<std::vector<std::byte>*>(png_get_io_ptr(png));
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  file.insert(file.end(), bytes, bytes + count);
}

/// One row as PNG stores it.
std::vector<png_byte> png_row(const Picture& picture, const PngOptions& options, int64_t y) {
  std::vector<png_byte> row;
  if ((options.grey || options.palette) && options.depth < 8) {
    const int64_t per_byte = 8 / options.depth;
    row.assign(static_cast<size_t>((picture.width + per_byte - 1) / per_byte), 0);
    for (int64_t x = 0; x < picture.width; ++x) {
      const auto shift = static_cast<int>(8 - options.depth * (x % per_byte + 1));
      row[static_cast<size_t>(x / per_byte)] |=
          static_cast<png_byte>((picture.at(y, x, 0) >> (8 - options.depth)) << shift);
    }
    return row;
  }
  const auto push = [&](uint8_t value) {
    row.push_back(value);
    if (options.depth == 16) row.push_back(value);  // 257 * value
  };
  for (int64_t x = 0; x < picture.width; ++x) {
    for (int64_t c = 0; c < (options.grey || options.palette ? 1 : 3); ++c) push(picture.at(y, x, c));
    if (options.alpha) push(static_cast<uint8_t>(x * 7));
  }
  return row;
}

int colour_type(const PngOptions& options) {
  if (options.palette) return PNG_COLOR_TYPE_PALETTE;
  const int alpha = options.alpha ? PNG_COLOR_MASK_ALPHA : 0;
  return options.grey ? PNG_COLOR_TYPE_GRAY | alpha : PNG_COLOR_TYPE_RGB | alpha;
}

}  // namespace

std::vector<std::byte> as_png(const Picture& picture, const PngOptions& options) {
  std::vector<std::byte> file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &file, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height),
               options.depth, colour_type(options),
               options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (options.palette) {
    std::vector<png_color> colours;
    const int count = 1 << options.depth;
    for (int i = 0; i < count; ++i) {
      const auto grey = static_cast<png_byte>(i * 255 / (count - 1));
      colours.push_back({grey, grey, grey});
    }
    png_set_PLTE(png, info, colours.data(), count);
  }
  png_write_info(png, info);
  std::vector<std::vector<png_byte>> rows;
  std::vector<png_bytep> pointers;
  for (int64_t y = 0; y < picture.height; ++y) rows.push_back(png_row(picture, options, y));
  for (auto& row : rows) pointers.push_back(row.data());
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

std::vector<std::byte> as_webp(const Picture& picture, bool lossless) {
  uint8_t* bytes = nullptr;
  const auto width = static_cast<int>(picture.width);
  const auto height = static_cast<int>(picture.height);
  const size_t count = lossless ? WebPEncodeLosslessRGB(picture.rgb.data(), width, height, 3 * width, &bytes)
                                : WebPEncodeRGB(picture.rgb.data(), width, height, 3 * width, 75, &bytes);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  std::vector<std::byte> file(begin, begin + count);
  WebPFree(bytes);
  return file;
}

namespace {

void put_number(std::vector<std::byte>& file, int64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void put_bmp_headers(std::vector<std::byte>& file, const Picture& picture, const BmpOptions& options,
                     int64_t row_bytes) {
  const int64_t colours = options.bits <= 8 ? 1 << options.bits : 0;
  const int64_t header = options.is_old ? 12 : 40;
  const int64_t begin = 14 + header + (options.masks ? 12 : 0) + colours * (options.is_old ? 3 : 4);
  file = {std::byte{'B'}, std::byte{'M'}};
  put_number(file, begin + row_bytes * picture.height, 4);
  put_number(file, 0, 4);
  put_number(file, begin, 4);
  put_number(file, header, 4);
  const int side = options.is_old ? 2 : 4;
  put_number(file, picture.width, side);
  put_number(file, options.from_top ? -picture.height : picture.height, side);
  put_number(file, 1, 2);
  put_number(file, options.bits, 2);
  if (!options.is_old) {
    for (const int64_t number : {options.masks ? 3 : 0, 0, 2835, 2835, 0, 0}) put_number(file, number, 4);
  }
  if (options.masks) {
    for (const int64_t mask : {0xff, 0xff00, 0xff0000}) put_number(file, mask, 4);
  }
  for (int64_t i = 0; i < colours; ++i) {
    put_number(file, i * 255 / (colours - 1) * 0x10101, options.is_old ? 3 : 4);
  }
}

}  // namespace

std::vector<std::byte> as_bmp(const Picture& picture, const BmpOptions& options) {
  const int64_t row_bytes = (options.bits * picture.width + 31) / 32 * 4;
  std::vector<std::byte> file;
  put_bmp_headers(file, picture, options, row_bytes);
  for (int64_t i = 0; i < picture.height; ++i) {
    const int64_t y = options.from_top ? i : picture.height - 1 - i;
    std::vector<std::byte> row(static_cast<size_t>(row_bytes));
    for (int64_t x = 0; x < picture.width; ++x) {
      if (options.bits <= 8) {
        const int64_t bit = x * options.bits;
        const int index = picture.at(y, x, 0) >> (8 - options.bits);
        row[static_cast<size_t>(bit / 8)] |= static_cast<std::byte>(index << (8 - options.bits - bit % 8));
        continue;
      }
      for (int64_t c = 0; c < 3; ++c) {
        const int64_t byte = x * options.bits / 8 + (options.masks ? c : 2 - c);
        row[static_cast<size_t>(byte)] = static_cast<std::byte>(picture.at(y, x, c));
      }
    }
    file.insert(file.end(), row.begin(), row.end());
  }
  return file;
}

}  // namespace weft::testing
