#include "weft/base/byte_size.h"

#include <gtest/gtest.h>

namespace weft {

int64_t bytes_of(std::string_view text) { return ByteSize::parse(text).value().bytes(); }

TEST(ByteSize, ReadsUnitsOfBothKinds) {
  EXPECT_EQ(bytes_of("8GiB"), int64_t{8} << 30);
  EXPECT_EQ(bytes_of("500MB"), 500'000'000);
  EXPECT_EQ(bytes_of("1.5 kib"), 1536);
  EXPECT_EQ(bytes_of("2tb"), 2'000'000'000'000);
  EXPECT_EQ(bytes_of("0"), 0);
  EXPECT_EQ(bytes_of("17 B"), 17);
  EXPECT_EQ(bytes_of("9223372036854775807"), INT64_MAX);
}

TEST(ByteSize, RefusesTheRestInOneSentence) {
  for (const char* text : {"GiB", "8 gibs", "8G", "-1", "-2MB", "1e3", "nan", "inf", "9223372036854775808",
                           "8388608TiB", "8GiB ", " 8GiB", "1.2.3MB", "0x10"}) {
    EXPECT_FALSE(ByteSize::parse(text)) << text;
  }
  EXPECT_EQ(not_a_size("8 gibs"),
            "\"8 gibs\" is no size, expected one such as \"8GiB\", \"500MB\" or a number of bytes");
}

TEST(ByteSize, KeepsHowItWasWrittenOrThatItWasNot) {
  EXPECT_EQ(ByteSize::parse("1.5 kib")->text(), "1.5 kib");
  EXPECT_FALSE(ByteSize::parse("0")->empty());
  EXPECT_TRUE(ByteSize::parse("")->empty());
  EXPECT_EQ(ByteSize::parse("")->bytes(), 0);
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
