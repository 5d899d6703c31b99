#include "weft/report/scale.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

TEST(ReportScale, TicksAreRoundNumbersWithinTheRange) {
  EXPECT_EQ(ticks(0.9, 12.1, 5, Unit::number), (std::vector<double>{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(ticks(0, 3 << 20, 5, Unit::bytes),
            (std::vector<double>{0, 1 << 19, 1 << 20, 3 << 19, 1 << 21, 5 << 19, 3 << 20}));
  EXPECT_TRUE(ticks(1, 1, 5, Unit::number).empty());
  EXPECT_EQ(ticks(0, 2, 5, Unit::count), (std::vector<double>{0, 1, 2})) << "there is no half of a step";
}

TEST(ReportScale, LogarithmsPutEqualFactorsEquallyFarApart) {
  const Scale scale({0.1, 1000}, true);
  EXPECT_DOUBLE_EQ(scale.at(10), 0.5);
  EXPECT_TRUE(std::isnan(scale.at(0)));
  EXPECT_TRUE(std::isnan(scale.at(-1)));
  EXPECT_EQ(scale.ticks(5, Unit::number).size(), 5U);
  EXPECT_EQ(Scale({2, 3}, true).ticks(5, Unit::number), ticks(2, 3, 5, Unit::number)) << "within a decade";
  EXPECT_EQ(Scale({1, 10}, true).ticks(5, Unit::number), (std::vector<double>{1, 2, 5, 10}));
  EXPECT_LE(Scale({1e-300, 1e300}, true).ticks(5, Unit::number).size(), 12U);
}

TEST(ReportScale, LabelsAreWrittenInTheirUnit) {
  EXPECT_EQ(tick_label(0.5, Unit::share), "50%");
  EXPECT_EQ(tick_label(1536, Unit::bytes), "1.50 KiB");
  EXPECT_EQ(tick_label(3000, Unit::count), "3,000");
}

}  // namespace
}  // namespace weft
