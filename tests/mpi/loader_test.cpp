// Several ranks: every sample leaves the source once for the whole job, and the batches are those of one
// rank.
#include "weft/data/load/loader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/data/load/fakes.h"
#include "weft/data/load/array_assembler.h"
#include "weft/data/stream/shuffle_sampler.h"

namespace weft {
namespace {

constexpr int64_t kSamples = 240;

std::shared_ptr<const AccessStream> stream_of(int ranks, int64_t epochs, uint64_t seed = 7) {
  return std::make_shared<AccessStream>(AccessStream::Options{
      std::make_shared<ShuffleSampler>(kSamples, seed), 24, epochs, ranks, LastBatch::drop});
}

/// Drains the loader, checking every row against the stream; the number of wrong rows.
int64_t wrong_rows(Loader& loader, const AccessStream& stream, int rank) {
  int64_t wrong = 0;
  while (const Batch* batch = loader.next()) {
    const Range rows = stream.rows(rank);
    for (int64_t i = 0; i < rows.size(); ++i) {
      const int64_t* row = batch->tensors[0].as<int64_t>() + i * 2;
      wrong += row[0] != stream.sample(batch->step, rows.begin + i) || row[1] != 0 ? 1 : 0;
    }
  }
  return wrong;
}

int64_t sum(const Communicator& world, int64_t value) {
  world.all_reduce(&value, 1, Element::i64, Reduce::sum).wait();
  return value;
}

struct Setting {
  int64_t tier_bytes = 1 << 20;  ///< of each rank
  int64_t corrupt_every = 0;
  double patience_ms = 20'000;
  int64_t network_budget = 0;
  uint64_t seed = 7;
  int64_t first_step = 0;
};

LoadStats load(const Communicator& world, const Setting& setting, MapTier& tier, int64_t& wrong,
               int64_t& covered) {
  const PatternSource source(kSamples, std::to_string(getpid()) + "-" + std::to_string(world.rank()));
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(world.size(), 4, setting.seed);
  options.rank = world.rank();
  options.first_step = setting.first_step;
  tier.corrupt_every = setting.corrupt_every;
  options.tiers = {&tier};
  options.peers = world;
  options.peers_first = true;
  options.patience_ms = setting.patience_ms;
  options.network_budget = setting.network_budget;
  const auto stream = options.stream;
  Loader loader(source, assembler, std::move(options));
  wrong = wrong_rows(loader, *stream, world.rank());
  covered = loader.covered();
  return loader.stats();
}

LoadStats load(const Communicator& world, const Setting& setting, int64_t& wrong, int64_t& covered) {
  MapTier tier(setting.tier_bytes);
  return load(world, setting, tier, wrong, covered);
}

int64_t all_bytes() {
  int64_t bytes = 0;
  for (int64_t sample = 0; sample < kSamples; ++sample)
    bytes += tier_footprint(PatternSource::size_of(sample));
  return bytes;
}

int64_t source_reads(const Communicator& world, const LoadStats& stats) {
  return sum(world, stats.from[static_cast<size_t>(Origin::source)].records + stats.read_for_peers.records);
}

TEST(LoaderOnRanks, EachSampleLeavesTheSourceOnce) {
  const Communicator world = Communicator::world();
  int64_t wrong = 0;
  int64_t covered = 0;
  // Together the tiers hold a little more than the data: each rank alone does not.
  const LoadStats stats = load(world, {.tier_bytes = all_bytes() / world.size() + 2000}, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(covered, kSamples);
  EXPECT_EQ(source_reads(world, stats), kSamples);
  EXPECT_EQ(stats.late_peers, 0);
}

TEST(LoaderOnRanks, ABudgetDelaysAnswersAndLosesNone) {
  const Communicator world = Communicator::world();
  int64_t wrong = 0;
  int64_t covered = 0;
  const LoadStats stats = load(world, {.network_budget = 400'000}, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(source_reads(world, stats), kSamples);
}

TEST(LoaderOnRanks, WhatHasNoHomeIsReadEveryEpoch) {
  const Communicator world = Communicator::world();
  int64_t wrong = 0;
  int64_t covered = 0;
  const LoadStats stats = load(world, {.tier_bytes = all_bytes() / world.size() / 2}, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(covered, kSamples / 3);
  EXPECT_LT(covered, kSamples * 2 / 3);
  EXPECT_LE(source_reads(world, stats), covered + 4 * (kSamples - covered));
}

TEST(LoaderOnRanks, ACorruptCopyIsReadAnewFromTheSource) {
  const Communicator world = Communicator::world();
  int64_t wrong = 0;
  int64_t covered = 0;
  const LoadStats stats = load(world, {.corrupt_every = 10}, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(sum(world, stats.corrupt), 0);
}

TEST(LoaderOnRanks, GoesOnWithTheCopiesThatItHad) {
  const Communicator world = Communicator::world();
  Setting setting{.tier_bytes = all_bytes() / world.size() + 2000};
  MapTier tier(setting.tier_bytes);
  int64_t wrong = 0;
  int64_t covered = 0;
  load(world, setting, tier, wrong, covered);
  setting.first_step = 2 * (kSamples / 24) + 3;
  const LoadStats stats = load(world, setting, tier, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(source_reads(world, stats), 0);
}

TEST(LoaderOnRanks, CopiesOfAnotherOrderMakeRoom) {
  const Communicator world = Communicator::world();
  Setting setting{.tier_bytes = all_bytes() / world.size() + 2000};
  MapTier tier(setting.tier_bytes);
  int64_t wrong = 0;
  int64_t covered = 0;
  load(world, setting, tier, wrong, covered);
  // The same samples are at home on other ranks: each is read at most once more.
  setting.seed = 8;
  const LoadStats stats = load(world, setting, tier, wrong, covered);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(covered, kSamples);
  EXPECT_LE(source_reads(world, stats), kSamples);
}

TEST(LoaderOnRanks, RanksThatSplitSamplesInSpaceReadTheirFileOnce) {
  const Communicator world = Communicator::world();
  if (world.size() % 2 != 0) GTEST_SKIP() << "needs pairs of ranks";
  for (const bool split : {false, true}) {
    const PatternSource source(kSamples, std::to_string(getpid()) + "-" + std::to_string(world.rank()));
    ArrayAssembler assembler(source, {});
    LoaderOptions options;
    options.stream = stream_of(world.size() / 2, 4);
    options.rank = world.rank() / 2;
    // What they read is not told apart by its bytes here, only by its number.
    const Region one{{{0, 1}}};
    const Region other{{{1, 2}}};
    options.parts =
        split ? SampleParts({{one}, {other}}, world.rank() % 2) : SampleParts(2, world.rank() % 2);
    MapTier tier(1 << 20);
    options.tiers = {&tier};
    options.peers = world;
    options.peers_first = true;
    options.patience_ms = 20'000;
    const auto stream = options.stream;
    Loader loader(source, assembler, std::move(options));
    EXPECT_EQ(wrong_rows(loader, *stream, world.rank() / 2), 0);
    // Where they read different parts, a part (here: a record of its own) is read once.
    EXPECT_EQ(source_reads(world, loader.stats()), split ? 2 * kSamples : kSamples);
  }
}

TEST(LoaderOnRanks, StopsEarlyOnAllRanksWithoutHanging) {
  const Communicator world = Communicator::world();
  const PatternSource source(kSamples, std::to_string(getpid()) + "-" + std::to_string(world.rank()));
  ArrayAssembler assembler(source, {});
  LoaderOptions options;
  options.stream = stream_of(world.size(), 50);
  options.rank = world.rank();
  MapTier tier(1 << 20);
  options.tiers = {&tier};
  options.peers = world;
  Loader loader(source, assembler, std::move(options));
  for (int step = 0; step < 5; ++step) EXPECT_NE(loader.next(), nullptr);
}

}  // namespace
}  // namespace weft
