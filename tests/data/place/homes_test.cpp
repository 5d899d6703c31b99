// Homes: every sample gets one home as long as there is room, and the home that saves most.
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "weft/base/philox.h"
#include "weft/data/place/homes.h"
#include "weft/data/place/usage.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/stream/weighted_sampler.h"

namespace weft {
namespace {

AccessStream shuffled(int64_t samples, int ranks, int64_t epochs, int64_t batch = 64) {
  return AccessStream({std::make_shared<ShuffleSampler>(samples, 9), batch, epochs, ranks, LastBatch::pad});
}

HomesOptions equal_ranks(std::span<const int64_t> bytes, int ranks, std::vector<int64_t> tiers) {
  HomesOptions options;
  options.record_bytes = bytes;
  options.capacity.assign(static_cast<size_t>(ranks), std::move(tiers));
  return options;
}

TEST(Homes, CoversEverythingWhereTheTiersTogetherJustHoldIt) {
  const std::vector<int64_t> bytes{100};
  for (const auto& [ranks, epochs] : {std::pair{16, 10}, std::pair{16, 90}, std::pair{4, 10}}) {
    const int64_t samples = 16384;
    const AccessStream stream = shuffled(samples, ranks, epochs);
    const Homes homes(stream, equal_ranks(bytes, ranks, {samples * 100 / ranks / 4, samples * 75 / ranks}));
    EXPECT_EQ(homes.covered(), samples);
  }
}

TEST(Homes, ChoosesTheRankThatReadsItMost) {
  const std::vector<int64_t> bytes{1};
  const AccessStream stream = shuffled(4096, 4, 10);
  const Homes homes(stream, equal_ranks(bytes, 4, {4096}));
  const std::vector<Usage> usage = usage_of(stream, 0, 10);
  for (int64_t sample = 0; sample < 4096; ++sample) {
    std::array<int, 4> uses{};
    for (int64_t epoch = 0; epoch < 10; ++epoch) {
      ++uses[static_cast<size_t>(stream.rank_of_row(stream.find(sample, epoch, 0)->row))];
    }
    const int home = homes.home(sample).rank;
    EXPECT_EQ(uses[static_cast<size_t>(home)], *std::max_element(uses.begin(), uses.end()));
    EXPECT_EQ(usage[static_cast<size_t>(sample)].best_uses, uses[static_cast<size_t>(home)]);
    EXPECT_EQ(usage[static_cast<size_t>(sample)].uses, 10);
  }
}

// In the first epoch homes read the source, a step at a time. Left to chance, the busiest rank of 4 reads 3%
// more of 3,000 samples than its share, and of 64 ranks 30% more.
TEST(Homes, HomesReadTheSourceEvenlyFromTheFirstStepOn) {
  std::mt19937 random(3);
  for (const auto& [ranks, epochs] :
       {std::pair{4, 4}, std::pair{4, 10}, std::pair{16, 5}, std::pair{64, 10}}) {
    const int64_t samples = ranks * 750;
    std::vector<int64_t> bytes(static_cast<size_t>(samples));
    for (int64_t& size : bytes) size = 5000 + static_cast<int64_t>(random() % 10'000);
    const int64_t total = std::accumulate(bytes.begin(), bytes.end(), int64_t{0});
    const AccessStream stream = shuffled(samples, ranks, epochs, ranks * int64_t{25});
    const Homes homes(stream, equal_ranks(bytes, ranks, {total}));
    std::vector<int64_t> read(static_cast<size_t>(ranks));
    for (int64_t step = 0; step < stream.steps_per_epoch(); ++step) {
      for (int64_t row = 0; row < stream.batch(); ++row) {
        const int64_t sample = stream.sample(step, row);
        read[static_cast<size_t>(homes.home(sample).rank)] += bytes[static_cast<size_t>(sample)];
      }
      const int64_t share = std::accumulate(read.begin(), read.end(), int64_t{0}) / ranks;
      EXPECT_LT(*std::max_element(read.begin(), read.end()), share + 10 * 10'000) << ranks << " " << step;
    }
    EXPECT_LT(*std::max_element(read.begin(), read.end()), total / ranks * 1.01) << ranks << " " << epochs;
  }
}

TEST(Homes, NeverGivesATierMoreThanItHolds) {
  std::mt19937 random(2);
  for (int round = 0; round < 30; ++round) {
    const int64_t samples = 200;
    std::vector<int64_t> bytes(samples);
    for (int64_t& size : bytes) size = 1 + static_cast<int64_t>(random() % 1000);
    const int ranks = 1 + static_cast<int>(random() % 5);
    HomesOptions options;
    options.record_bytes = bytes;
    for (int rank = 0; rank < ranks; ++rank) {
      options.capacity.push_back(
          {static_cast<int64_t>(random() % 20000), static_cast<int64_t>(random() % 40000)});
    }
    const AccessStream stream = shuffled(samples, ranks, 3, 16);
    const Homes homes(stream, options);
    std::vector<int64_t> used(static_cast<size_t>(ranks) * 2);
    int64_t covered = 0;
    for (int64_t sample = 0; sample < samples; ++sample) {
      const Home home = homes.home(sample);
      if (home.rank < 0) continue;
      ++covered;
      used[static_cast<size_t>(home.rank * 2 + home.tier)] += bytes[static_cast<size_t>(sample)];
    }
    EXPECT_EQ(covered, homes.covered());
    for (int rank = 0; rank < ranks; ++rank) {
      for (int tier = 0; tier < 2; ++tier) {
        EXPECT_EQ(used[static_cast<size_t>(rank * 2 + tier)], homes.used(rank, tier));
        EXPECT_LE(homes.used(rank, tier),
                  options.capacity[static_cast<size_t>(rank)][static_cast<size_t>(tier)]);
      }
    }
    // Something is left out only when the rooms that are left are scraps: each smaller than a sample.
    for (int64_t sample = 0; sample < samples; ++sample) {
      if (homes.home(sample).rank >= 0) continue;
      int64_t total = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        for (int tier = 0; tier < 2; ++tier) {
          total +=
              options.capacity[static_cast<size_t>(rank)][static_cast<size_t>(tier)] - homes.used(rank, tier);
        }
      }
      EXPECT_LT(total, 2 * ranks * 1000 + 1) << "much room is left, and sample " << sample << " has no home";
    }
  }
}

TEST(Homes, WhatIsReadMostComesFirstWhereRoomIsShort) {
  const std::vector<double> weights = [] {
    std::vector<double> w(1000, 1);
    for (size_t i = 0; i < 100; ++i) w[i * 10] = 50;
    return w;
  }();
  const AccessStream stream(
      {std::make_shared<WeightedSampler>(weights, 10000, 4), 100, 4, 2, LastBatch::drop});
  const std::vector<int64_t> bytes{1};
  const Homes homes(stream, equal_ranks(bytes, 2, {50}));
  EXPECT_EQ(homes.covered(), 100);
  for (int64_t i = 0; i < 100; ++i) EXPECT_GE(homes.home(i * 10).rank, 0);
}

TEST(Homes, RanksWithoutRoomLeaveTheirSamplesToOthers) {
  const std::vector<int64_t> bytes{1};
  HomesOptions options;
  options.record_bytes = bytes;
  options.capacity = {{0}, {1000}, {0}};
  const AccessStream stream = shuffled(1000, 3, 5, 30);
  const Homes homes(stream, options);
  EXPECT_EQ(homes.covered(), 1000);
  EXPECT_EQ(homes.used(1, 0), 1000);
}

}  // namespace
}  // namespace weft
