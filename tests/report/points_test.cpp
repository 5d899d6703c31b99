#include "weft/report/points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft {
namespace {

Points line_of(int size) {
  Points line;
  for (int i = 0; i < size; ++i) line.emplace_back(i, 2.0 * i);
  return line;
}

TEST(ReportPoints, TheUsualRangeIsThatOfAllButOutliers) {
  Points points = line_of(50);
  EXPECT_EQ(usual_range(points).low, 0);
  EXPECT_EQ(usual_range(points).high, 98);
  points[20].second = 1e9;
  points[30].second = std::numeric_limits<double>::infinity();
  EXPECT_EQ(usual_range(points).low, 0);
  EXPECT_LT(usual_range(points).high, 1000);
  EXPECT_EQ(usual_range({{1, 1}, {2, 1e9}}).high, 1e9) << "of two nobody is the outlier";
  EXPECT_GT(usual_range({}).low, usual_range({}).high);
}

TEST(ReportPoints, SmoothingKeepsAStraightLineAndSkipsWhatIsNotFinite) {
  Points line = line_of(20);
  const Points smoothed = smooth(line, 3);
  for (size_t i = 0; i < 17; ++i)
    EXPECT_DOUBLE_EQ(smoothed[i].second, line[i].second) << "no lag, up to the last window";
  line[5].second = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DOUBLE_EQ(smooth(line, 1)[5].second, 10);
}

TEST(ReportPoints, SmoothingDoesNotSpreadAnOutlier) {
  Points points = line_of(100);
  points[50].second = 1e12;
  EXPECT_LT(smooth(points, 3)[48].second, 1000);
}

TEST(ReportPoints, ThinningKeepsTheExtremesAndTheOrder) {
  Points points;
  for (int i = 0; i < 1001; ++i) points.emplace_back(i, i == 617 ? 50 : i == 333 ? -50 : i % 7);
  const auto thinned = extremes(points, 100);
  EXPECT_LE(thinned.size(), 100u);
  EXPECT_TRUE(std::is_sorted(thinned.begin(), thinned.end()));
  EXPECT_TRUE(std::count(thinned.begin(), thinned.end(), std::pair<double, double>(617, 50)));
  EXPECT_TRUE(std::count(thinned.begin(), thinned.end(), std::pair<double, double>(333, -50)));
}

}  // namespace
}  // namespace weft
