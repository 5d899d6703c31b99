// Of data/stream/access_stream.h, data/stream/permutation.h, data/stream/mixture_sampler.h,
// data/stream/weighted_sampler.h: samplers and the access stream: every order is a bijection that can be
// inverted, whatever the ranks.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tests/ops/expect_error.h"
#include "weft/base/check.h"
#include "weft/data/stream/access_stream.h"
#include "weft/data/stream/mixture_sampler.h"
#include "weft/data/stream/permutation.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/stream/weighted_sampler.h"

namespace weft {
namespace {

using testing::expect_user_error;

TEST(Permutation, IsABijectionThatItsInverseUndoes) {
  for (const int64_t size : {1, 2, 3, 4, 5, 16, 17, 1000, 65537}) {
    const Permutation order(size, {7, 1, 2});
    std::set<int64_t> seen;
    for (int64_t i = 0; i < size; ++i) {
      const int64_t value = order.at(i);
      EXPECT_EQ(order.inverse(value), i);
      seen.insert(value);
    }
    EXPECT_EQ(std::ssize(seen), size);
    EXPECT_EQ(*seen.rbegin(), size - 1);
  }
}

TEST(Permutation, EverySampleIsAsLikelyInEveryPlace) {
  // 20000 permutations of 10: each of 100 cells expects 2000, with a deviation of 42; five of those are never
  // seen.
  std::vector<int> cells(100);
  for (uint64_t epoch = 0; epoch < 20000; ++epoch) {
    const Permutation order(10, {3, 9, epoch});
    for (int64_t i = 0; i < 10; ++i) ++cells[static_cast<size_t>(i * 10 + order.at(i))];
  }
  for (const int count : cells) EXPECT_NEAR(count, 2000, 5 * 42.4);
}

TEST(Permutation, WorksOnSizesThatNoListHolds) {
  const int64_t size = int64_t{1} << 40;
  const Permutation order(size, {1, 2, 3});
  for (const int64_t i : {int64_t{0}, int64_t{123456789012}, size - 1})
    EXPECT_EQ(order.inverse(order.at(i)), i);
}

std::shared_ptr<const Sampler> mixture() {
  return std::make_shared<MixtureSampler>(
      std::vector<MixtureSampler::Group>{{{}, 0, 100, 1.0}, {{}, 100, 37, 2.0}}, 500, 5);
}

TEST(MixtureSampler, KeepsTheSharesInEveryBlock) {
  const auto sampler = mixture();
  std::map<int64_t, int> uses;
  int64_t second = 0;
  for (int64_t i = 0; i < 1024; ++i) {
    const int64_t sample = sampler->at((0 + i) / 500, i % 500);
    ++uses[sample];
    second += sample >= 100 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(second), 1024 * 2.0 / 3, 1);
  // Within a group no sample is two uses ahead of another.
  for (const auto& [sample, count] : uses) EXPECT_NEAR(count, sample < 100 ? 341 / 100.0 : 683 / 37.0, 1.0);
}

TEST(MixtureSampler, FindsTheFirstUse) {
  const auto sampler = mixture();
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    for (int64_t sample = 0; sample < sampler->samples(); ++sample) {
      for (const int64_t from : {0, 1, 250, 499}) {
        std::optional<int64_t> expected;
        for (int64_t position = from; position < sampler->size() && !expected; ++position) {
          if (sampler->at(epoch, position) == sample) expected = position;
        }
        EXPECT_EQ(sampler->find(epoch, sample, from), expected) << epoch << " " << sample << " " << from;
      }
    }
  }
}

TEST(ClassBalanced, GivesEachClassItsShareHoweverManySamplesItHas) {
  std::vector<int32_t> labels(1000, 0);
  for (size_t i = 0; i < 10; ++i) labels[i * 7] = 1;
  labels[999] = -1;
  const MixtureSampler sampler = class_balanced(labels, 2048, 3);
  int64_t rare = 0;
  for (int64_t i = 0; i < sampler.size(); ++i) {
    const int64_t sample = sampler.at(0, i);
    ASSERT_NE(sample, 999);
    rare += labels[static_cast<size_t>(sample)];
  }
  EXPECT_EQ(rare, 1024);
}

TEST(WeightedSampler, DrawsInProportion) {
  const std::vector<double> weights{0, 1, 2, 5};
  const WeightedSampler sampler(weights, 80000, 11);
  std::array<int, 4> drawn{};
  for (int64_t i = 0; i < sampler.size(); ++i) ++drawn[static_cast<size_t>(sampler.at(0, i))];
  EXPECT_EQ(drawn[0], 0);
  // Standard deviations are at most 141: five of them.
  for (size_t i = 1; i < 4; ++i) EXPECT_NEAR(drawn[i], weights[i] * 10000, 710);
}

TEST(WeightedSampler, RefusesWeightsThatMeanNothing) {
  const auto draw = [](std::vector<double> weights) { WeightedSampler(weights, 10, 1); };
  expect_user_error(
      [&] {
        draw({1, -1});
      },
      "data.weights: sample 1 has the weight -1, and weights are finite and at least 0");
  expect_user_error(
      [&] {
        draw({INFINITY, 1});
      },
      "data.weights: sample 0 has the weight inf, and weights are");
  expect_user_error([&] { draw({0, 0}); }, "data.weights: all 2 weights are 0");
}

TEST(MixtureSampler, RefusesPartsThatCannotBeMixed) {
  const auto mix = [](std::vector<MixtureSampler::Group> groups) {
    MixtureSampler(std::move(groups), 10, 1);
  };
  const auto of = [](int64_t count, double share) { return MixtureSampler::Group{{}, 0, count, share}; };
  expect_user_error([&] { mix({}); }, "data.mixture: there is nothing to mix");
  expect_user_error([&] { mix({of(3, 1), of(0, 1)}); }, "data.mixture: part 1 has no samples");
  for (const double share : {0.0, -1.0, double{NAN}, double{INFINITY}}) {
    expect_user_error(
        [&] {
          mix({of(3, 1), of(3, share)});
        },
        fmt::format("data.mixture: part 1 has the share {}, and shares are finite and above 0", share));
  }
  expect_user_error([&] { mix({of(3, 1), of(3, 1e-5)}); }, " of the shares, and the least is 1/1024");
}

TEST(MixtureSampler, ClassesAreThoseOfSamplesThatHaveOne) {
  expect_user_error(
      [] {
        class_balanced(std::vector<int32_t>{-1, -1}, 10, 1);
      },
      "data.sampler = \"class_balanced\": no sample has a class");
}

TEST(AccessStream, RefusesAnEpochOfNoBatch) {
  expect_user_error(
      [] {
        AccessStream({std::make_shared<ShuffleSampler>(3, 1), 4, 1, 1, LastBatch::drop});
      },
      "data.batch=4: an epoch has only 3 samples, so that dropping the last partial batch leaves none; "
      "data.last_batch = \"pad\" keeps it");
}

AccessStream stream_of(int64_t samples, int64_t batch, int ranks, LastBatch last, int64_t epochs = 3,
                       int64_t group = 1) {
  return AccessStream({std::make_shared<ShuffleSampler>(samples, 42), batch, epochs, ranks, last, group});
}

TEST(AccessStream, EachSampleComesOnceAnEpochOnAnyRanks) {
  std::mt19937 random(1);
  for (int round = 0; round < 60; ++round) {
    const int64_t samples = 1 + static_cast<int64_t>(random() % 300);
    const int ranks = 1 + static_cast<int>(random() % 5);
    const int64_t batch = ranks + static_cast<int64_t>(random() % 40);
    const LastBatch last = std::array{LastBatch::pad, LastBatch::redistribute}[random() % 2];
    const int64_t group = 1 + static_cast<int64_t>(random() % 4);
    const AccessStream stream = stream_of(samples, batch, ranks, last, 3, group);
    EXPECT_EQ(stream.steps_per_epoch() % group, 0);
    std::vector<int> seen(static_cast<size_t>(samples));
    for (int64_t step = stream.steps_per_epoch(); step < 2 * stream.steps_per_epoch(); ++step) {
      for (int64_t row = 0; row < batch; ++row) {
        const int64_t sample = stream.sample(step, row);
        if (sample < 0) continue;
        ++seen[static_cast<size_t>(sample)];
        EXPECT_EQ(stream.find(sample, 1, 0), (Access{step, row}));
        EXPECT_EQ(stream.find(sample, 1, step), (Access{step, row}));
        EXPECT_EQ(stream.find(sample, 1, step + 1), std::nullopt);
        const int rank = stream.rank_of_row(row);
        EXPECT_TRUE(row >= stream.rows(rank).begin && row < stream.rows(rank).end);
      }
    }
    for (const int count : seen) EXPECT_EQ(count, 1) << samples << " samples, batch " << batch;
  }
}

TEST(AccessStream, AStepHasTheSameSamplesHoweverItIsSplit) {
  std::mt19937 random(2);
  for (int round = 0; round < 40; ++round) {
    const int64_t group = 2 + static_cast<int64_t>(random() % 3);
    const int ranks = 1 + static_cast<int>(random() % 3);
    const int64_t batch = ranks + static_cast<int64_t>(random() % 5);
    const int64_t samples = batch * group + static_cast<int64_t>(random() % 100);
    const LastBatch last = std::array{LastBatch::drop, LastBatch::pad, LastBatch::redistribute}[random() % 3];
    const AccessStream whole = stream_of(samples, batch * group, ranks, last);
    const AccessStream split = stream_of(samples, batch, ranks, last, 3, group);
    ASSERT_EQ(split.steps(), whole.steps() * group);
    for (int64_t step = 0; step < whole.steps(); ++step) {
      std::set<int64_t> at_once, in_parts;
      for (int64_t row = 0; row < batch * group; ++row) at_once.insert(whole.sample(step, row));
      for (int64_t part = 0; part < group; ++part) {
        for (int64_t row = 0; row < batch; ++row) in_parts.insert(split.sample(step * group + part, row));
      }
      EXPECT_EQ(in_parts, at_once) << "step " << step << " of " << samples << " samples";
    }
  }
}

TEST(AccessStream, ARedistributedRestIsEvenToWithinOne) {
  const AccessStream stream = stream_of(10, 8, 4, LastBatch::redistribute);
  ASSERT_EQ(stream.steps_per_epoch(), 2);
  std::array<int, 4> shares{};
  for (int64_t row = 0; row < 8; ++row) {
    if (stream.sample(1, row) >= 0) ++shares[static_cast<size_t>(stream.rank_of_row(row))];
  }
  EXPECT_EQ(shares, (std::array{1, 1, 0, 0}));
}

TEST(AccessStream, DroppedSamplesAreNotFound) {
  const AccessStream stream = stream_of(10, 4, 2, LastBatch::drop);
  EXPECT_EQ(stream.steps(), 6);
  int found = 0;
  for (int64_t sample = 0; sample < 10; ++sample) found += stream.find(sample, 0, 0) ? 1 : 0;
  EXPECT_EQ(found, 8);
  EXPECT_THROW(stream_of(3, 4, 1, LastBatch::drop), UserError);
}

TEST(AccessStream, NextAsksForAStepARankAndAHorizon) {
  const AccessStream stream = stream_of(64, 8, 4, LastBatch::drop, 20);
  for (int64_t sample = 0; sample < 64; ++sample) {
    for (const int rank : {-1, 0, 3}) {
      std::optional<Access> expected;
      for (int64_t step = 11; step < 5 * stream.steps_per_epoch() && !expected; ++step) {
        for (int64_t row = 0; row < 8; ++row) {
          if (stream.sample(step, row) == sample && (rank < 0 || stream.rank_of_row(row) == rank)) {
            expected = Access{step, row};
          }
        }
      }
      EXPECT_EQ(stream.next(sample, 11, rank, 4), expected);
    }
  }
}

TEST(AccessStream, AsksNoMemoryOfABillionSamples) {
  const AccessStream stream = stream_of(1'000'000'000, 4096, 1024, LastBatch::drop, 100);
  const int64_t sample = stream.sample(stream.steps() - 1, 17);
  EXPECT_EQ(stream.find(sample, 99, 0), (Access{stream.steps() - 1, 17}));
}

}  // namespace
}  // namespace weft
