#include "weft/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace weft {
namespace {

TEST(Utf8, HasTheFirstAndTheLastCharacterOfEachLength) {
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "Größe", "a\xc2\xa0\xf0\x9f\x98\x80z"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, IsCountedUpToTheFirstByteThatIsNone) {
  EXPECT_EQ(utf8_bytes(""), 0U);
  EXPECT_EQ(utf8_bytes("gr\xc3\xbc"), 4U);
  EXPECT_EQ(utf8_bytes("gr\xc3"), 2U);
  EXPECT_EQ(utf8_bytes("\xff z"), 0U);
}

TEST(Utf8, HasNothingElse) {
  struct Row {
    const char* what;
    std::string_view text;
  };
  const Row rows[] = {{"a byte that follows none", "\x80"},
                      {"the same after a letter", "a\xbf"},
                      {"too long for ASCII", "\xc0\xaf"},
                      {"too long for ASCII, the last", "\xc1\xbf"},
                      {"too long for two bytes", "\xe0\x9f\xbf"},
                      {"too long for three bytes", "\xf0\x8f\xbf\xbf"},
                      {"the first surrogate", "\xed\xa0\x80"},
                      {"the last surrogate", "\xed\xbf\xbf"},
                      {"beyond U+10FFFF", "\xf4\x90\x80\x80"},
                      {"a length that there is not", "\xf5\x80\x80\x80"},
                      {"no byte of UTF-8", "\xff"},
                      {"cut after one byte of two", "\xc3"},
                      {"cut after two bytes of three", "\xe2\x82"},
                      {"cut after three bytes of four", "\xf0\x9f\x98"},
                      {"a letter within a character", "\xe2\x82z"}};
  for (const Row& row : rows) EXPECT_FALSE(is_utf8(row.text)) << row.what;
}

}  // namespace
}  // namespace weft
