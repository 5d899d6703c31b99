#include "weft/datasets/image_augmentation/mixup.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/ops/interpreter.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/reduce/reduce_sum.h"

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

TEST(Mixup, MixesNeighboursAndTheirLosses) {
  Mixup mixup;
  mixup.alpha = 0.4;
  ASSERT_NE(mixup.mixing(), nullptr);
  const auto scalars = mixup.scalars(7, 3);
  ASSERT_EQ(scalars.size(), 1U);
  const double share = scalars[0].second;
  GraphBuilder build;
  const ValueId x = build.input("x", {DType::f64, {2, 1}}, {"batch", "channel"});
  const ValueId mixed = mixup.input(build, x, DType::f64);
  const ValueId share_input = build.input(scalars[0].first, {DType::f64, {}}, {});
  // A loss that tells rows apart: the first row's prediction alone.
  const ValueId weights = build.input("weights", {DType::f64, {2, 1}}, {"batch", "channel"});
  const auto loss_of = [&](ValueId one) { return reduce_sum(build, multiply(build, one, weights)); };
  const ValueId loss = mixup.loss(build, mixed, loss_of, DType::f64);
  build.output("mixed", mixed);
  build.output("loss", loss);
  const Graph graph = std::move(build).build();
  testing::Interpreter run(graph);
  run.set(x, {10, 20});
  run.set(share_input, {share});
  run.set(weights, {1, 0});
  run.run();
  const double first = share * 10 + (1 - share) * 20;
  const double second = share * 20 + (1 - share) * 10;
  EXPECT_NEAR(run.get(mixed)[0], first, 1e-12);
  EXPECT_NEAR(run.get(mixed)[1], second, 1e-12);
  EXPECT_NEAR(run.get(loss)[0], share * first + (1 - share) * second, 1e-12);
}

TEST(Mixup, DrawsAShareForEachMicrobatchAndNeedsPairs) {
  Mixup mixup;
  mixup.alpha = 0.4;
  EXPECT_EQ(mixup.scalars(7, 3), mixup.scalars(7, 3));
  EXPECT_NE(mixup.scalars(7, 3), mixup.scalars(7, 4));
  Recipe recipe;
  recipe.data.batch = 9;
  recipe.optimizer.accumulate = 3;
  EXPECT_EQ(mixup.check(recipe)->message,
            "data.mixup mixes pairs, and a microbatch has 3 samples, an odd number");
}

}  // namespace
}  // namespace weft
