// Any bytes are an image, which is then written whole and in a part, or a UserError.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "tests/data/decode/random_changes.h"
#include "weft/base/check.h"
#include "weft/data/decode/image_decoder.h"

namespace {

/// The input's last bytes choose the transform.
class Choices {
 public:
  explicit Choices(std::span<const uint8_t>& bytes) : bytes_(bytes) {}
  int64_t upto(int64_t most) {
    if (bytes_.empty()) return 0;
    const int64_t value = bytes_.back() % (most + 1);
    bytes_ = bytes_.first(bytes_.size() - 1);
    return value;
  }

 private:
  std::span<const uint8_t>& bytes_;
};

weft::ImageTransform choose_transform(Choices& choices) {
  weft::ImageTransform transform;
  transform.crop = static_cast<weft::ImageTransform::Crop>(choices.upto(3));
  transform.height = 1 + choices.upto(40);
  transform.width = 1 + choices.upto(40);
  transform.resize = 1 + choices.upto(60);
  transform.padding = choices.upto(5);
  transform.mirror = choices.upto(1) == 1;
  if (choices.upto(1) == 1) transform.erasings.push_back(std::make_shared<weft::testing::RandomBox>());
  transform.changes.push_back(std::make_shared<weft::testing::Shift>(choices.upto(1) == 1));
  return transform;
}

weft::Region choose_part(Choices& choices, const weft::ImageTransform& transform) {
  weft::Region part = weft::Region::all({transform.height, transform.width, 3});
  for (weft::Range& range : part.ranges) {
    range.begin = choices.upto(range.end);
    range.end = range.begin + choices.upto(range.end - range.begin);
  }
  return part;
}

std::vector<std::byte> decode(weft::ImageDecoder& decoder, std::span<const std::byte> file,
                              const weft::ImageTransform& transform, uint64_t seed,
                              const weft::Region& part) {
  std::vector<std::byte> bytes(static_cast<size_t>(part.elems() * 4));
  decoder.decode(file, "fuzz", transform, {seed, 0, 0}, part,
                 {bytes.data(), {weft::DType::f32, part.shape()}});
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const uint8_t> rest(data, size);
  Choices choices(rest);
  const weft::ImageTransform transform = choose_transform(choices);
  const weft::Region part = choose_part(choices, transform);
  const auto seed = static_cast<uint64_t>(choices.upto(255));
  const auto file = std::as_bytes(rest);
  weft::ImageDecoder decoder;
  try {
    const weft::ImageSize image = decoder.size(file, "fuzz");
    // Larger ones are slow here, and show nothing new.
    if (image.height * image.width > 1 << 18) return 0;
    const weft::Region all = weft::Region::all({transform.height, transform.width, 3});
    const std::vector<std::byte> whole = decode(decoder, file, transform, seed, all);
    std::vector<std::byte> piece = decode(decoder, file, transform, seed, part);
    std::vector<std::byte> expected(piece.size());
    std::vector<std::byte> source = whole;
    weft::copy_region({source.data(), {weft::DType::f32, all.shape()}}, all,
                      {expected.data(), {weft::DType::f32, part.shape()}}, part, part);
    if (piece != expected) std::abort();
  } catch (const weft::UserError&) {
  }
  return 0;
}
