#include "weft/tensor/bits.h"

#include <gtest/gtest.h>

#include <vector>

#include "weft/base/philox.h"

namespace weft {
namespace {

TEST(Bits, AreCountedFromTheLowestOfTheFirstByte) {
  const std::vector<std::byte> bits = {std::byte{0b0000'0001}, std::byte{0b1000'0010}};
  EXPECT_TRUE(load_bit(bits.data(), 0));
  EXPECT_TRUE(load_bit(bits.data(), 9));
  EXPECT_TRUE(load_bit(bits.data(), 15));
  EXPECT_FALSE(load_bit(bits.data(), 8));
  EXPECT_EQ(load_bits(bits.data(), 0, 16), 0x8201u);
  EXPECT_EQ(load_bits(bits.data(), 9, 7), 0x41u);
}

/// Memory of just the bytes that hold the bits: the sanitizer finds what is touched behind it.
TEST(Bits, AreReadAndWrittenAsWordsFromAnyBitOn) {
  const RandomStream random{.seed = 3};
  uint64_t draw = 0;
  for (int64_t first = 0; first < 20; ++first) {
    for (int64_t count = 1; count <= kBitsOfWord; ++count) {
      std::vector<std::byte> bits(static_cast<size_t>(bytes_of(DType::bit, first + count)));
      for (std::byte& byte : bits) byte = static_cast<std::byte>(random.below(draw++, 256));
      const std::vector<std::byte> before = bits;
      const uint64_t word = random.below(draw++, UINT64_MAX);
      store_bits(bits.data(), first, count, word);
      for (int64_t i = 0; i < 8 * std::ssize(bits); ++i) {
        const bool written = first <= i && i < first + count;
        const bool expected = written ? (word >> (i - first) & 1) != 0 : load_bit(before.data(), i);
        ASSERT_EQ(load_bit(bits.data(), i), expected) << i << " of " << count << " from " << first;
      }
      ASSERT_EQ(load_bits(bits.data(), first, count), word & lowest_bits(count));
    }
  }
}

TEST(Bits, BehindTheLastElementBecomeZero) {
  std::byte last{0xff};
  clear_bits_behind(&last, 3);
  EXPECT_EQ(last, std::byte{0b111});
  last = std::byte{0xff};
  clear_bits_behind(&last, 8);
  EXPECT_EQ(last, std::byte{0xff});
}

}  // namespace
}  // namespace weft
