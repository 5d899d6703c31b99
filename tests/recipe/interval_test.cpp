#include "weft/recipe/interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

TEST(Interval, HoldsWhatItsTextSays) {
  EXPECT_TRUE(at_least(3).holds(3));
  EXPECT_FALSE(at_least(3).holds(2));
  EXPECT_TRUE(at_least(3).holds(1e9));
  EXPECT_FALSE(at_least(3).holds(1e9 + 1));
  EXPECT_EQ(at_least(3).text, "from 3 to 10^9");
  EXPECT_FALSE(above_zero().holds(0));
  EXPECT_TRUE(above_zero().holds(5e-324));
  EXPECT_TRUE(from_zero().holds(0));
  EXPECT_FALSE(from_zero_below_one().holds(1));
  EXPECT_TRUE(between(1, 1000).holds(1));
  EXPECT_TRUE(between(1, 1000).holds(1000));
  EXPECT_FALSE(between(1, 1000).holds(1001));
  EXPECT_EQ(between(0, 0.5).text, "in [0, 0.5]");
  EXPECT_FALSE(above_zero_to(1).holds(0));
  EXPECT_TRUE(above_zero_to(1).holds(1));
  EXPECT_FALSE(above_zero_to(1).holds(1.5));
  EXPECT_EQ(above_zero_to(1).text, "in (0, 1]");
  EXPECT_FALSE(from_zero().holds(std::nan("")));
}

TEST(Interval, HoldsListsWhoseEveryNumberItHolds) {
  const Interval interval = between(0, 1);
  EXPECT_TRUE(interval.holds_all({RecipeValue::List{{0.5}, {int64_t{1}}}}));
  EXPECT_FALSE(interval.holds_all({RecipeValue::List{{0.5}, {1.5}}}));
  EXPECT_TRUE(interval.holds_all({std::string("any text")}));
  EXPECT_TRUE(interval.holds_all({true}));
}

}  // namespace
}  // namespace weft
