#include "weft/train/generation/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/ops/expect_error.h"
#include "tests/train/generation/sampling_cases.h"
#include "weft/base/philox.h"

namespace weft {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> probabilities(const std::vector<double>& logits, const Sampling& sampling) {
  NextToken next(sampling);
  const auto all = next.probabilities(logits);
  return {all.begin(), all.end()};
}

/// That may come.
std::vector<int32_t> ids_of(const std::vector<double>& probabilities) {
  std::vector<int32_t> ids;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] > 0) ids.push_back(static_cast<int32_t>(i));
  }
  return ids;
}

TEST(Sampling, LeavesWhatPyTorchLeavesAsLikelyAsThere) {
  for (const testing::SamplingCase& one : testing::kSamplingCases) {
    SCOPED_TRACE(fmt::format("temperature {}, k {}, p {}", one.sampling.temperature, one.sampling.top_k,
                             one.sampling.top_p));
    const std::vector<double> got = probabilities(testing::kLogits, one.sampling);
    ASSERT_EQ(got.size(), one.probabilities.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i] > 0, one.probabilities[i] > 0) << i;
      EXPECT_NEAR(got[i], one.probabilities[i], 1e-14) << i;
    }
  }
}

TEST(Sampling, DrawsEachTokenAsOftenAsItIsLikely) {
  constexpr int kDraws = 20000;
  // Of the chi-square distribution with 11 degrees of freedom, 0.999 lies below.
  constexpr double kMost = 31.26;
  const std::vector<double> all = probabilities(testing::kLogits, {.temperature = 0.8});
  std::vector<int> drawn(testing::kLogits.size());
  const RandomStream stream{7, 1, 0};
  for (uint64_t i = 0; i < kDraws; ++i) ++drawn[static_cast<size_t>(draw(all, stream.uniform(i)))];
  double square = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const double expected = kDraws * all[i];
    const double off = drawn[i] - expected;
    square += off * off / expected;
  }
  EXPECT_LT(square, kMost);
}

TEST(Sampling, TakesTheFirstOfTheLikeliestAtTemperatureZero) {
  const std::vector<double> logits{1, 3, 2, 3};
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 0, .top_k = 3, .top_p = 0.5})), std::vector{1});
  EXPECT_EQ(probabilities(logits, {.temperature = 1e-300}), (std::vector{0.0, 0.5, 0.0, 0.5}));
}

TEST(Sampling, KeepsWhatIsAsLikelyAsTheLastOfTheTop) {
  const std::vector<double> logits{2, 1, 3, 2, 2, 0};
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 1, .top_k = 2})), (std::vector{0, 2, 3, 4}));
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 1, .top_k = 1})), std::vector{2});
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 1, .top_k = 7})).size(), 6U);
}

TEST(Sampling, OfEquallyLikelyTokensThoseOfTheLowestIdsAreNeededFirst) {
  const std::vector<double> logits(8, 0.25);
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 1, .top_p = 0.5})), (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(ids_of(probabilities(logits, {.temperature = 1, .top_p = 0.51})), (std::vector{0, 1, 2, 3, 4}));
}

TEST(Sampling, ATopPBelowTheFirstProbabilityKeepsOneToken) {
  for (const double p : {0.0, 1e-12, 0.36}) {
    EXPECT_EQ(ids_of(probabilities(testing::kLogits, {.temperature = 1, .top_p = p})), std::vector{3}) << p;
  }
  EXPECT_EQ(
      ids_of(probabilities(testing::kLogits, {.temperature = 1, .top_p = std::nextafter(1.0, 0.0)})).size(),
      12U);
  EXPECT_EQ(ids_of(probabilities(std::vector{-5.0}, {.temperature = 1, .top_k = 1, .top_p = 0.5})),
            std::vector{0});
}

TEST(Sampling, ALogitThatIsNoNumberIsAnError) {
  EXPECT_EQ(ids_of(probabilities(std::vector{-kInfinity, 1.0}, {.temperature = 1, .top_p = 0.5})),
            std::vector{1});
  testing::expect_user_error(
      [] {
        probabilities(std::vector{1.0, std::nan("")}, {});
      },
      "the model gives token 1 the logit nan, expected a finite number: it has not learnt well");
  testing::expect_user_error(
      [] {
        probabilities(std::vector{kInfinity, 0.0}, {.temperature = 0});
      },
      "the model gives token 0 the logit inf, expected a finite number: it has not learnt well");
  testing::expect_user_error(
      [] {
        probabilities(std::vector{-kInfinity, -kInfinity}, {});
      },
      "the model gives all 2 tokens the logit -inf, expected a finite number");
}

TEST(Sampling, TheLastTokenHasWhatRoundingLeaves) {
  EXPECT_EQ(draw(std::vector{0.0, 0.25, 0.75 - 1e-12, 0.0}, std::nextafter(1.0, 0.0)), 2);
  EXPECT_EQ(draw(std::vector{0.0, 0.25, 0.75, 0.0}, 0.25), 2);
  EXPECT_EQ(draw(std::vector{0.0, 0.25, 0.75, 0.0}, 0), 1);
}

}  // namespace
}  // namespace weft
