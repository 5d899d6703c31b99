#include "weft/base/byte_size.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {

TEST(ByteSize, ReadsUnitsOfBothKinds) {
  EXPECT_EQ(parse_bytes("8GiB", "x"), int64_t{8} << 30);
  EXPECT_EQ(parse_bytes("500MB", "x"), 500'000'000);
  EXPECT_EQ(parse_bytes("1.5 kib", "x"), 1536);
  EXPECT_EQ(parse_bytes("2tb", "x"), 2'000'000'000'000);
  EXPECT_EQ(parse_bytes("0", "x"), 0);
  EXPECT_EQ(parse_bytes("17 B", "x"), 17);
  EXPECT_EQ(parse_bytes("9223372036854775807", "x"), INT64_MAX);
}

TEST(ByteSize, RefusesTheRestInOneSentence) {
  for (const char* text : {"", "GiB", "8 gibs", "8G", "-1", "-2MB", "1e3", "nan", "inf",
                           "9223372036854775808", "8388608TiB", "8GiB ", " 8GiB", "1.2.3MB", "0x10"}) {
    EXPECT_THROW(parse_bytes(text, "x"), UserError) << text;
  }
  try {
    parse_bytes("8 gibs", "data.memory");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "data.memory: \"8 gibs\" is no size, expected one such as \"8GiB\", \"500MB\" or a number of "
        "bytes");
  }
}

TEST(ByteSize, PrintsThreeDigits) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1023), "1.00 KiB");
  EXPECT_EQ(format_bytes(int64_t{3} << 29), "1.50 GiB");
  EXPECT_EQ(format_bytes(int64_t{100} << 30), "100 GiB");
  EXPECT_EQ(format_bytes(12 * 1024 * 1024 + 512 * 1024), "12.5 MiB");
}

}  // namespace weft
