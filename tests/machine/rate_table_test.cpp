#include "weft/machine/rate_table.h"

#include <gtest/gtest.h>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(RateTable, JoinsPointsByLines) {
  const RateTable table({{1, 338}, {4, 1540}, {8, 2871}});
  EXPECT_EQ(table.at(0.5), 338);
  EXPECT_EQ(table.at(1), 338);
  EXPECT_DOUBLE_EQ(table.at(2.5), (338 + 1540) / 2.0);
  EXPECT_EQ(table.at(8), 2871);
  EXPECT_EQ(table.at(1000), 2871);
  EXPECT_DOUBLE_EQ(table.scaled(2).at(2.5), 338 + 1540);
}

TEST(RateTable, GivesItsPointsBack) {
  const std::vector<std::pair<double, double>> points{{1, 338}, {4, 1540}};
  EXPECT_EQ(RateTable(points).points(), points);
}

TEST(RateTable, WantsPointsInOrder) {
  EXPECT_THROW(RateTable({{4, 1}, {1, 2}}), InternalError);
  EXPECT_THROW(RateTable(std::vector<std::pair<double, double>>{}), InternalError);
}

}  // namespace
}  // namespace weft
