#include "weft/report/text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

TEST(ReportText, TextIsEscapedForContentsAndAttributes) {
  EXPECT_EQ(escape_html("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
}

TEST(ReportText, NumbersReadWell) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1536), "1.50 KiB");
  EXPECT_EQ(human_bytes(-2048), "-2 KiB");
  EXPECT_EQ(human_count(3000), "3,000");
  EXPECT_EQ(human_count(12'345'678), "12.3 M");
  EXPECT_EQ(human_ms(0.0456), "45.6 µs");
  EXPECT_EQ(human_ms(1240), "1.24 s");
  EXPECT_EQ(human_number(2.5e-5), "2.50e-05");
  EXPECT_EQ(human_number(std::nan("")), "–");
  EXPECT_EQ(human_number(1e30), "1e+30");
  EXPECT_EQ(human_seconds(0.5), "500 ms");
  EXPECT_EQ(human_seconds(59.6), "1 min 0 s");
  EXPECT_EQ(human_seconds(7265), "2 h 1 min");
  EXPECT_EQ(human_seconds(200'000), "2 d 7 h");
  EXPECT_EQ(human_date(0), "");
  EXPECT_EQ(human_date(1.7e9).size(), 16U);
  EXPECT_EQ(lower_case("Loss"), "loss");
}

}  // namespace
}  // namespace weft
