#include "weft/data/decode/bmp_reader.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr int64_t kFileHeader = 14;
constexpr int64_t kOldHeader = 12;   ///< BITMAPCOREHEADER
constexpr int64_t kInfoHeader = 40;  ///< BITMAPINFOHEADER, with which the later ones begin
constexpr int64_t kMostSide = 1 << 20;
constexpr uint32_t kPlain = 0;
constexpr uint32_t kMasks = 3;

/// Little-endian whatever the machine; 0 past the end.
uint32_t number_at(std::span<const std::byte> file, int64_t at, int bytes) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) {
    if (at + i >= std::ssize(file)) return 0;
    value |= std::to_integer<uint32_t>(file[static_cast<size_t>(at + i)]) << (8 * i);
  }
  return value;
}

int64_t signed_at(std::span<const std::byte> file, int64_t at) {
  return static_cast<int32_t>(number_at(file, at, 4));
}

}  // namespace

struct BmpReader::Header {
  int64_t bytes = 0;  ///< of the second header
  int64_t width = 0;
  int64_t height = 0;  ///< below 0: the rows come from the top
  uint32_t compression = kPlain;
  int64_t colours = 0;  ///< of the palette; 0: all that there can be

  Header(std::span<const std::byte> file, int64_t* bits) : bytes(number_at(file, kFileHeader, 4)) {
    const bool is_old = bytes == kOldHeader;
    width = is_old ? number_at(file, 18, 2) : signed_at(file, 18);
    height = is_old ? number_at(file, 20, 2) : signed_at(file, 22);
    *bits = number_at(file, is_old ? 24 : 28, 2);
    if (is_old) return;
    compression = number_at(file, 30, 4);
    colours = number_at(file, 46, 4);
  }
};

ImageSize BmpReader::open(std::span<const std::byte> file, const std::string& name) {
  file_ = file;
  const Header header(file, &bits_);
  begin_ = number_at(file, 10, 4);
  size_ = {std::abs(header.height), header.width};
  from_top_ = header.height < 0;
  const bool is_known = header.bytes == kOldHeader || (header.bytes >= kInfoHeader && header.bytes <= 1024);
  const bool has_pixels = size_.width >= 1 && size_.height >= 1;
  if (!is_known || !has_pixels || size_.width > kMostSide || size_.height > kMostSide) {
    user_error("{}: no BMP image that can be read", name);
  }
  if (size_.height * size_.width > kMostPixels) {
    user_error("{}: a BMP image of {}x{} pixels, and at most {} pixels are read", name, size_.width,
               size_.height, kMostPixels);
  }
  const bool has_palette = bits_ == 1 || bits_ == 4 || bits_ == 8;
  const bool is_plain = header.compression == kPlain && (has_palette || bits_ == 24 || bits_ == 32);
  if (!is_plain && !(header.compression == kMasks && bits_ == 32)) {
    user_error(
        "{}: a BMP image of {} bits a pixel in compression {}, and only plain ones of 1, 4, 8, 24 or 32 "
        "bits are read",
        name, bits_, header.compression);
  }
  row_bytes_ = (bits_ * size_.width + 31) / 32 * 4;
  if (begin_ > std::ssize(file) || size_.height * row_bytes_ > std::ssize(file) - begin_) {
    user_error("{}: the BMP image is damaged (its {} bytes end within the pixels)", name, file.size());
  }
  channels_ = {2, 1, 0};
  if (header.compression == kMasks) read_masks(name);
  palette_.clear();
  if (has_palette) read_palette(header, name);
  return size_;
}

/// Masks say which bits of a pixel are red, green and blue: here each is one of its bytes.
void BmpReader::read_masks(const std::string& name) {
  for (size_t c = 0; c < 3; ++c) {
    // They follow the first of the headers, or lie at the same place in the later ones.
    const uint32_t mask = number_at(file_, kFileHeader + kInfoHeader + 4 * static_cast<int64_t>(c), 4);
    int byte = 0;
    while (byte < 4 && mask != uint32_t{0xff} << (8 * byte)) ++byte;
    if (byte == 4) user_error("{}: a BMP image whose colours are no whole bytes, which is not read", name);
    channels_[c] = byte;
  }
}

void BmpReader::read_palette(const Header& header, const std::string& name) {
  const int64_t entry = header.bytes == kOldHeader ? 3 : 4;
  const int64_t most = int64_t{1} << bits_;
  const int64_t colours = header.colours == 0 ? most : std::min(most, header.colours);
  const int64_t begin = kFileHeader + header.bytes;
  if (begin + colours * entry > std::ssize(file_)) {
    user_error("{}: the BMP image is damaged (its palette is cut short)", name);
  }
  // Pixels may name colours that the palette lacks: they are black.
  palette_.assign(static_cast<size_t>(most), Colour{});
  for (int64_t i = 0; i < colours; ++i) {
    const uint32_t colour = number_at(file_, begin + i * entry, 3);
    palette_[static_cast<size_t>(i)] = {static_cast<uint8_t>(colour >> 16), static_cast<uint8_t>(colour >> 8),
                                        static_cast<uint8_t>(colour)};
  }
}

void BmpReader::read_row(const uint8_t* row, uint8_t* pixels) const {
  for (int64_t x = 0; x < size_.width; ++x, pixels += kPixelBytes) {
    if (palette_.empty()) {
      for (size_t c = 0; c < 3; ++c) pixels[c] = row[x * (bits_ / 8) + channels_[c]];
    } else {
      const int64_t bit = x * bits_;  // the first pixel has a byte's highest bits
      const int index = row[bit / 8] >> (8 - bits_ - bit % 8) & ((1 << bits_) - 1);
      std::memcpy(pixels, palette_[static_cast<size_t>(index)].data(), 3);
    }
    pixels[3] = 0xff;
  }
}

PixelView BmpReader::read() {
  const PixelView view = pixels_.resize({0, size_.height}, {0, size_.width});
  const auto* rows = reinterpret_cast<const uint8_t*>(file_.data()) + begin_;
  for (int64_t y = 0; y < size_.height; ++y) {
    const int64_t row = from_top_ ? y : size_.height - 1 - y;
    read_row(rows + row * row_bytes_, view.at(y, 0));
  }
  return view;
}

}  // namespace weft
