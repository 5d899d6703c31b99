// Mixup: the distribution of lambda, and the mix.
#include "weft/data/decode/mixup.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace weft {
namespace {

constexpr int64_t kSamples = 100000;

TEST(Mixup, GammaHasItsMoments) {
  for (const double shape : {0.3, 1.0, 2.5, 20.0}) {
    double sum = 0;
    double squares = 0;
    for (int64_t sample = 0; sample < kSamples; ++sample) {
      const double draw = std::exp(log_gamma_draw(shape, mixup_stream(1, 0, sample), 0));
      sum += draw;
      squares += (draw - shape) * (draw - shape);
    }
    // Mean and variance are both `shape`; four standard errors (the fourth moment is 3 shape^2 + 6 shape).
    EXPECT_NEAR(sum / kSamples, shape, 4 * std::sqrt(shape / kSamples)) << shape;
    EXPECT_NEAR(squares / kSamples, shape, 4 * std::sqrt((2 * shape * shape + 6 * shape) / kSamples))
        << shape;
  }
}

TEST(Mixup, LambdaHasBetasMomentsForLargeAndTinyAlpha) {
  for (const double alpha : {0.001, 0.2, 1.0, 8.0}) {
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (int64_t sample = 0; sample < kSamples; ++sample) {
      const double lambda = mixup_lambda(alpha, mixup_stream(2, 3, sample));
      ASSERT_GE(lambda, 0);
      ASSERT_LE(lambda, 1);
      const double off = lambda - 0.5;
      sum += off;
      squares += off * off;
      fourth += off * off * off * off;
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    const double fourth_moment = variance * variance * 3 * (2 * alpha + 1) / (2 * alpha + 3);
    const double spread = std::sqrt((fourth_moment - variance * variance) / kSamples);
    // Four standard errors; for tiny alpha nearly all are 0 or 1, and the spread is next to none.
    EXPECT_NEAR(sum / kSamples, 0, 4 * std::sqrt(variance / kSamples)) << alpha;
    EXPECT_NEAR(squares / kSamples, variance, 4 * spread) << alpha;
    EXPECT_NEAR(fourth / kSamples, fourth_moment, 4 * spread) << alpha;
  }
}

TEST(Mixup, LambdaDependsOnSeedEpochAndSampleOnly) {
  std::set<double> seen;
  for (uint64_t seed = 0; seed < 4; ++seed) {
    for (int64_t epoch = 0; epoch < 4; ++epoch) {
      for (int64_t sample = 0; sample < 4; ++sample) {
        const double lambda = mixup_lambda(1, mixup_stream(seed, epoch, sample));
        EXPECT_EQ(lambda, mixup_lambda(1, mixup_stream(seed, epoch, sample)));
        seen.insert(lambda);
      }
    }
  }
  EXPECT_EQ(seen.size(), 64u);
}

}  // namespace
}  // namespace weft
