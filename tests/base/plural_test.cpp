#include "weft/base/plural.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(Plural, OneIsNone) {
  EXPECT_EQ(plural(1, "core"), "1 core");
  EXPECT_EQ(plural(0, "core"), "0 cores");
  EXPECT_EQ(plural(2, "core"), "2 cores");
  EXPECT_EQ(plural(2'000'000, "sample", "2.00 M"), "2.00 M samples");
}

}  // namespace
}  // namespace weft
