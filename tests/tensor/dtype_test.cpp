#include "weft/tensor/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "weft/base/check.h"

namespace weft {
namespace {

uint16_t rounded(uint32_t word) { return BFloat16(std::bit_cast<float>(word)).bits; }

TEST(BFloat16, RoundsToNearestEven) {
  EXPECT_EQ(rounded(0x3f800000), 0x3f80);  // 1 is exact
  EXPECT_EQ(rounded(0x3f807fff), 0x3f80);  // below the middle
  EXPECT_EQ(rounded(0x3f808000), 0x3f80);  // the middle, down to even
  EXPECT_EQ(rounded(0x3f808001), 0x3f81);  // above the middle
  EXPECT_EQ(rounded(0x3f818000), 0x3f82);  // the middle, up to even
  EXPECT_EQ(rounded(0x3fffffff), 0x4000);  // carries into the exponent
  EXPECT_EQ(rounded(0xbf818000), 0xbf82);  // the same below zero
  EXPECT_EQ(rounded(0x7f7fffff), 0x7f80);  // the largest f32 becomes infinity
}

TEST(BFloat16, RoundingIsTheNearestOfBothNeighbours) {
  // Against arithmetic in double: the bf16 values around x are 2^-7 of its binade apart.
  for (uint32_t word = 0x00800000; word < 0x7f000000; word += 0x00012345) {
    const auto x = std::bit_cast<float>(word);
    const double step = std::ldexp(1.0, std::ilogb(x) - 7);
    const double nearest = std::nearbyint(x / step) * step;
    ASSERT_EQ(static_cast<double>(static_cast<float>(BFloat16(x))), nearest) << std::hex << word;
  }
}

TEST(BFloat16, KeepsInfinityNanAndTheSignOfZero) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(static_cast<float>(BFloat16(infinity)), infinity);
  EXPECT_EQ(static_cast<float>(BFloat16(-infinity)), -infinity);
  EXPECT_EQ(BFloat16(-0.0F).bits, 0x8000);
  EXPECT_TRUE(std::isnan(static_cast<float>(BFloat16(std::numeric_limits<float>::quiet_NaN()))));
  // A NaN whose payload is in the lower half only must not become infinity.
  EXPECT_TRUE(std::isnan(static_cast<float>(BFloat16(std::bit_cast<float>(0x7f800001u)))));
}

TEST(DType, SizesAndNamesAgreeWithTheTypes) {
  EXPECT_EQ(bytes_of(DTypeOf<double>::value), int64_t{sizeof(double)});
  EXPECT_EQ(bytes_of(DTypeOf<float>::value), int64_t{sizeof(float)});
  EXPECT_EQ(bytes_of(DTypeOf<BFloat16>::value), int64_t{sizeof(BFloat16)});
  EXPECT_EQ(bytes_of(DTypeOf<int64_t>::value), int64_t{sizeof(int64_t)});
  EXPECT_EQ(bytes_of(DTypeOf<int32_t>::value), int64_t{sizeof(int32_t)});
  EXPECT_EQ(bytes_of(DTypeOf<uint8_t>::value), int64_t{sizeof(uint8_t)});
  EXPECT_EQ(name_of(DType::bf16), "bf16");
  EXPECT_TRUE(is_floating(DType::bf16));
  EXPECT_FALSE(is_floating(DType::i32));
}

TEST(DType, EightBitsAreAByteAndOneBitHasNone) {
  for (const auto& [elems, bytes] : {std::pair{0, 0}, {1, 1}, {7, 1}, {8, 1}, {9, 2}, {64, 8}, {65, 9}}) {
    EXPECT_EQ(bytes_of(DType::bit, elems), bytes) << elems;
  }
  EXPECT_EQ(bytes_of(DType::bf16, 9), 18);
  EXPECT_EQ(name_of(DType::bit), "bit");
  EXPECT_FALSE(is_floating(DType::bit));
  EXPECT_THROW(bytes_of(DType::bit), InternalError);
}

}  // namespace
}  // namespace weft
