#include "weft/data/inspect/check_image.h"

#include <turbojpeg.h>
#include <zlib.h>

#include <memory>
#include <string_view>
#include <vector>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr std::string_view kPngMagic{"\x89PNG\r\n\x1a\n", 8};

const unsigned char* as_chars(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

CheckedImage check_jpeg(std::span<const std::byte> file, const std::string& name) {
  const std::unique_ptr<void, int (*)(tjhandle)> handle(tjInitDecompress(), tjDestroy);
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(handle.get(), as_chars(file), file.size(), &width, &height, &subsampling,
                          &colours) != 0) {
    user_error("{}: is a damaged JPEG ({})", name, tjGetErrorStr2(handle.get()));
  }
  // One grey channel: the coefficients of all are read, with the least memory.
  const int format = colours == TJCS_CMYK || colours == TJCS_YCCK ? TJPF_CMYK : TJPF_GRAY;
  std::vector<unsigned char> pixels(static_cast<size_t>(width) * static_cast<size_t>(height) *
                                    static_cast<size_t>(tjPixelSize[format]));
  if (tjDecompress2(handle.get(), as_chars(file), file.size(), pixels.data(), width, 0, height, format, 0) !=
      0) {
    user_error("{}: is a damaged JPEG ({})", name, tjGetErrorStr2(handle.get()));
  }
  return {height, width};
}

uint32_t word_at(std::span<const std::byte> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<uint32_t>(bytes[at + i]);
  return value;
}

CheckedImage check_png(std::span<const std::byte> file, const std::string& name) {
  CheckedImage image;
  size_t at = kPngMagic.size();
  while (file.size() - at >= 12) {
    const size_t length = word_at(file, at);
    if (length > file.size() - at - 12) break;
    // The checksum covers the chunk's name and contents.
    const uLong sum = crc32(0, as_chars(file) + at + 4, static_cast<uInt>(length + 4));
    if (sum != word_at(file, at + 8 + length)) user_error("{}: is a damaged PNG (a checksum is wrong)", name);
    const std::string_view kind(reinterpret_cast<const char*>(file.data()) + at + 4, 4);
    if (kind == "IHDR" && length == 13) image = {word_at(file, at + 12), word_at(file, at + 8)};
    if (kind == "IEND") {
      if (image.height < 1 || image.width < 1) user_error("{}: is a PNG without a size", name);
      return image;
    }
    at += 12 + length;
  }
  user_error("{}: is a PNG that is cut short", name);
}

}  // namespace

CheckedImage check_image(std::span<const std::byte> file, const std::string& name) {
  if (file.empty()) user_error("{}: is empty", name);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with(kPngMagic)) return check_png(file, name);
  if (text.starts_with("\xff\xd8")) return check_jpeg(file, name);
  user_error("{}: is neither JPEG nor PNG", name);
}

}  // namespace weft
