#include "weft/base/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace weft {
namespace {

TEST(NaturalOrder, NumbersAreComparedAsNumbers) {
  const std::vector<std::string> sorted{"",   "1e9", "2",      "10",      "a",         "a1",  "a01", "a1b",
                                        "a2", "a10", "h.2.fc", "h.10.fc", "h.10.fc.2", "h.x", "wte", "ä1"};
  std::vector<std::string> names = sorted;
  std::swap(names[5], names[6]);  // equal numbers: in the order of the text
  std::vector<std::string> shuffled(names.rbegin(), names.rend());
  std::ranges::sort(shuffled, NaturalOrder());
  EXPECT_EQ(shuffled, names);
}

TEST(NaturalOrder, IsATotalOrder) {
  const std::vector<std::string> names{"",
                                       "0",
                                       "00",
                                       "1",
                                       "01",
                                       "a",
                                       "a0",
                                       "a00",
                                       "a1",
                                       "a01",
                                       "0a",
                                       "00a",
                                       "a1b2",
                                       "a01b1",
                                       "a1b02",
                                       "99999999999999999999999",
                                       "100000000000000000000000"};
  for (const std::string& a : names) {
    EXPECT_FALSE(stands_before(a, a)) << a;
    for (const std::string& b : names) {
      EXPECT_EQ(a != b, stands_before(a, b) != stands_before(b, a)) << a << " " << b;
      for (const std::string& c : names) {
        EXPECT_TRUE(!stands_before(a, b) || !stands_before(b, c) || stands_before(a, c)) << a << b << c;
      }
    }
  }
}

}  // namespace
}  // namespace weft
