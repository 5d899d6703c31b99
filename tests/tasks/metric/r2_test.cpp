#include "weft/tasks/metric/r2.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/tasks/measured.h"

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using testing::measured;
using testing::MetricShape;

TEST(Determination, IsOneForPerfectAndZeroForTheMean) {
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{1, 2, 3, 4}, {1, 2, 3, 4}}}), 1);
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{2.5, 2.5, 2.5, 2.5}, {1, 2, 3, 4}}}), 0);
  // Errors 1, 0, -1 about targets 1, 2, 6 with mean 3: 1 - 2 / 14.
  EXPECT_DOUBLE_EQ(measured(Determination(), {2, 2, false}, {{{2, 2, 5, 9}, {1, 2, 6, kNan}}}), 1 - 2.0 / 14);
  EXPECT_TRUE(std::isnan(measured(Determination(), {1, 2, false}, {{{1, 2}, {3, 3}}})))
      << "no spread to explain";
}

/// Of targets that spread by 1 about `mean`, predicted with errors of a tenth.
double about(double mean, const MetricShape& shape) {
  std::vector<testing::Batch> batches(2);
  for (size_t b = 0; b < 2; ++b) {
    for (int64_t i = 0; i < shape.rows * shape.width; ++i) {
      const double target = mean + std::sin(1.7 * static_cast<double>(i + 1000 * static_cast<int64_t>(b)));
      batches[b].targets.push_back(target);
      batches[b].predictions.push_back(target + 0.1 * std::cos(0.3 * static_cast<double>(i)));
    }
  }
  return measured(Determination(), shape, batches);
}

TEST(Determination, IsTheSameWhereverTheMeanLies) {
  const double expected = about(0, {500, 2, false});
  EXPECT_NEAR(expected, 1 - 0.01, 1e-3);
  for (const double mean : {10.0, 707.0, -707.0, 7070.0}) {
    EXPECT_NEAR(about(mean, {500, 2, false, DType::f32}), expected, 1e-4) << mean;
  }
}

TEST(Determination, IsNothingOfEqualTargetsThatHaveNoEndInBinary) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    for (const double target : {273.15, -0.1, 1e-20, 1e15}) {
      const std::vector<double> targets(999, target);
      EXPECT_TRUE(std::isnan(measured(Determination(), {333, 3, false, dtype},
                                      {{targets, targets}, {std::vector(999, 1.0), targets}})))
          << bytes_of(dtype, 1) << " bytes " << target;
    }
  }
}

TEST(Determination, MoreIsBetter) {
  EXPECT_TRUE(is_better(Determination().better(), 0.1, -3));
  EXPECT_FALSE(is_better(Determination().better(), -3, 0.1));
  EXPECT_FALSE(is_better(Determination().better(), 0.1, 0.1));
}

}  // namespace
}  // namespace weft
