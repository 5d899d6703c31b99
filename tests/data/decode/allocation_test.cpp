// Of data/decode/: a warm decoder takes no memory from the system: neither ours nor libjpeg's, libpng's or
// zlib's.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/data/decode/image_files.h"
#include "tests/data/decode/random_changes.h"
#include "weft/data/decode/image_decoder.h"

// AddressSanitizer has a malloc of its own.
#ifndef WEFT_SANITIZED

namespace {
thread_local int64_t allocations = 0;  // a replaced malloc has nowhere else to count
}

// The libraries find these before the C library's own, operator new as well.
extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);

void* malloc(size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* aligned_alloc(size_t alignment, size_t bytes) {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}
}

namespace weft {
namespace {

TEST(ImageDecoder, WarmItAllocatesNothing) {
  const testing::Picture large = testing::make_picture(200, 300);
  const std::vector<std::vector<std::byte>> files{
      testing::as_jpeg(large), testing::as_jpeg(large, {.progressive = true}),
      testing::as_jpeg(large, {.components = 4}), testing::as_png(large),
      testing::as_png(large, {.depth = 16, .interlaced = true})};
  ImageTransform transform;
  transform.height = 64;
  transform.width = 48;
  transform.crop = ImageTransform::Crop::random_resized;
  transform.mirror = true;
  transform.changes.push_back(std::make_shared<testing::Shift>(true));
  transform.erasings.push_back(std::make_shared<testing::RandomBox>());
  const Region part{{{10, 64}, {0, 48}, {0, 3}}};
  std::vector<float> pixels(static_cast<size_t>(part.elems()));
  const View view{reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, part.shape()}};
  const std::string name = "image";
  ImageDecoder decoder;
  const auto decode_all = [&](int64_t sample) {
    for (const auto& file : files) {
      decoder.decode(file, name, transform, augmentation_stream(0, 0, sample), part, view);
    }
  };
  // Draws differ in size: buffers reach their largest with the whole image.
  ImageTransform whole = transform;
  whole.area = {1, 1};
  whole.aspect = {1.5, 1.5};
  const int64_t cold = allocations;
  for (const auto& file : files) decoder.decode(file, name, whole, {}, part, view);
  for (int64_t sample = 0; sample < 40; ++sample) decode_all(sample);
  ASSERT_GT(allocations, cold);  // that is, they are counted
  const int64_t before = allocations;
  for (int64_t sample = 0; sample < 40; ++sample) decode_all(sample);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace weft

#endif
