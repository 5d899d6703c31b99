// Of sim/io/io_run.h, sim/io/policy/: what a simulation must say whatever its figures are.
#include "weft/sim/io/simulate.h"

#include <gtest/gtest.h>

#include "tests/sim/io/small_scenario.h"
#include "weft/data/place/homes.h"
#include "weft/sim/io/io_world.h"

namespace weft {
namespace {

// What a policy's time may lie below a bound by: sums of the same numbers in another order.
constexpr double kRounding = 1e-9;
// The first samples of a run: the time until they come is all that policies differ in when none stalls later.
constexpr double kStart = 1e-4;

std::vector<IoScenario> scenarios() {
  std::vector<IoScenario> all = {small_scenario(), slow_file_system()};
  all.push_back(small_scenario());
  all.back().staging_mb = 0.3;  // less than a step: samples of one step wait for each other
  all.push_back(slow_file_system());
  all.back().network.mb_s = 10;
  all.push_back(small_scenario());
  all.back().tiers.clear();
  all.push_back(slow_file_system());
  all.back().ranks = 64;
  all.back().epochs = 3;
  return all;
}

TEST(SimulateIo, NothingIsFasterThanComputing) {
  for (const IoScenario& scenario : scenarios()) {
    const IoComparison comparison = simulate_io(scenario, nullptr);
    EXPECT_NEAR(run_of(comparison, "lower-bound").seconds, comparison.bound_s, 0);
    for (const IoResult& run : comparison.runs) {
      if (!run.unsupported.empty()) continue;
      EXPECT_GE(run.seconds, run.compute_s * (1 - kRounding)) << run.policy;
      // A policy that moves samples between ranks or replaces them has steps of its own.
      if (run.policy == "parallel-staging" || run.policy == "deepio-opportunistic" ||
          run.policy == "locality-aware")
        continue;
      EXPECT_GE(run.seconds, comparison.bound_s * (1 - kRounding)) << run.policy;
    }
  }
}

TEST(SimulateIo, NoRankReadsFasterThanTheFileSystemAllows) {
  for (const IoScenario& scenario : scenarios()) {
    const double most_mb_s = scenario.file_system.read->at(1e9);
    for (const IoResult& run : simulate_io(scenario, nullptr).runs) {
      EXPECT_LE(run.file_system_mb, run.seconds * most_mb_s * (1 + kRounding)) << run.policy;
    }
  }
}

TEST(SimulateIo, FasterHardwareIsNeverSlower) {
  for (const IoScenario& scenario : scenarios()) {
    const IoComparison before = simulate_io(scenario, nullptr);
    const auto expect_no_slower = [&](const IoScenario& faster, const char* what) {
      const IoComparison after = simulate_io(faster, nullptr);
      for (size_t i = 0; i < before.runs.size(); ++i) {
        EXPECT_LE(after.runs[i].seconds, before.runs[i].seconds * (1 + kRounding))
            << before.runs[i].policy << " with a faster " << what;
      }
    };
    IoScenario faster = scenario;
    faster.file_system.read = scenario.file_system.read->scaled(2);
    expect_no_slower(faster, "file system");
    faster = scenario;
    *faster.network.mb_s *= 2;
    expect_no_slower(faster, "network");
    faster = scenario;
    for (TierSpec& tier : faster.tiers) {
      tier.rates.read = tier.rates.read->scaled(2);
      tier.rates.write = tier.rates.write->scaled(2);
    }
    expect_no_slower(faster, "storage");
    faster = scenario;
    faster.preprocess_mb_s *= 2;
    expect_no_slower(faster, "processor");
  }
}

TEST(SimulateIo, TheSeedDecidesAll) {
  const IoScenario scenario = slow_file_system();
  const std::string once = to_json(simulate_io(scenario, nullptr));
  EXPECT_EQ(once, to_json(simulate_io(scenario, nullptr)));
  IoScenario other = scenario;
  other.seed = 8;
  EXPECT_NE(once, to_json(simulate_io(other, nullptr)));
}

TEST(SimulateIo, WeftReadsEachSampleOnceWhereTheTiersHoldAll) {
  IoScenario scenario = slow_file_system();
  scenario.samples = 3008;  // a whole number of steps: an epoch leaves no sample out
  const IoComparison comparison = simulate_io(scenario, nullptr);
  const IoResult& weft = run_of(comparison, "weft");
  EXPECT_NEAR(weft.file_system_mb, comparison.total_mb, comparison.total_mb * 1e-6);
  EXPECT_EQ(weft.covered, 1);
  // Each rank of NoPFS reads its own copies.
  EXPECT_GT(run_of(comparison, "nopfs").file_system_mb, 1.1 * comparison.total_mb);
  EXPECT_NEAR(run_of(comparison, "staging-buffer").file_system_mb, 4 * comparison.total_mb,
              comparison.total_mb * 1e-5);
}

// Where training waits for the file system: by how much it is too slow, whether a client can
// have all of it, and what tiers hold, are varied. Where they do not hold all, chance decides how much each
// rank reads later, and an epoch has more steps to even that out. Homes that are uneven, or a file system
// that is shared as though each rank always read, make Weft up to 6% slower than NoPFS in several of these.
TEST(SimulateIo, WeftIsNeverSlowerThanNoPfs) {
  for (const int ranks : {3, 4, 12, 32, 64}) {
    for (const double pace : {0.05, 0.15, 0.4, 0.8}) {  // of what all ranks compute
      for (const double held : {0.5, 1.0, 2.0, 1.0 * ranks}) {
        IoScenario scenario = small_scenario();
        scenario.policies = {"nopfs", "weft"};
        scenario.ranks = ranks;
        scenario.samples = int64_t{held < 1 ? 40 : 10} * ranks * scenario.batch;
        scenario.deviation_mb = ranks % 8 == 0 ? 0 : 0.05;
        const double all_mb_s = pace * ranks * scenario.compute_mb_s;
        scenario.file_system.read = ranks == 12 ? RateTable({{1, all_mb_s}})
                                                : RateTable({{1, all_mb_s / ranks}, {1.0 * ranks, all_mb_s}});
        scenario.tiers.resize(1);
        scenario.tiers[0].capacity_mb =
            held * scenario.mean_mb * static_cast<double>(scenario.samples) / ranks;
        const IoComparison comparison = simulate_io(scenario, nullptr);
        EXPECT_LE(run_of(comparison, "weft").seconds, run_of(comparison, "nopfs").seconds * (1 + kRounding))
            << ranks << " ranks, a pace of " << pace << ", tiers for " << held;
      }
    }
  }
}

TEST(SimulateIo, PlacesSamplesAsTheLoaderDoes) {
  IoScenario scenario = small_scenario();
  for (TierSpec& tier : scenario.tiers) tier.capacity_mb = 20;  // 160 MB of 300
  const IoWorld world(scenario);
  HomesOptions options;
  std::vector<int64_t> bytes;
  for (const float mb : world.sizes) bytes.push_back(static_cast<int64_t>(static_cast<double>(mb) * 1e6));
  options.record_bytes = bytes;
  options.capacity.assign(4, {20'000'000, 20'000'000});
  const Homes homes(*world.stream, options);
  ASSERT_LT(homes.covered(), scenario.samples);
  EXPECT_EQ(run_of(simulate_io(scenario, nullptr), "weft").covered,
            static_cast<double>(homes.covered()) / 3000);
}

TEST(SimulateIo, WhatTiersDoNotHoldIsReadEveryEpoch) {
  IoScenario scenario = slow_file_system();
  for (TierSpec& tier : scenario.tiers) tier.capacity_mb = 20;
  const IoComparison comparison = simulate_io(scenario, nullptr);
  const IoResult& weft = run_of(comparison, "weft");
  EXPECT_GT(weft.file_system_mb, 1.5 * comparison.total_mb);
  EXPECT_LT(weft.file_system_mb, run_of(comparison, "nopfs").file_system_mb);
  EXPECT_EQ(run_of(comparison, "lbann-dynamic").unsupported,
            "the data, 0 GB, exceeds the first tier of all ranks, 0 GB");
  const IoResult& sharded = run_of(comparison, "parallel-staging");
  EXPECT_LT(sharded.read, 0.6);
  EXPECT_LT(sharded.file_system_mb, comparison.total_mb);
}

// By hand: one rank, one sample a step, three samples of 10 MB, no second copy.
TEST(SimulateIo, NaiveTimeIsTheSumOfItsParts) {
  IoScenario scenario = small_scenario();
  scenario.ranks = 1;
  scenario.batch = 1;
  scenario.samples = 3;
  scenario.mean_mb = 10;
  scenario.deviation_mb = 0;
  scenario.epochs = 2;
  const IoComparison comparison = simulate_io(scenario, nullptr);
  EXPECT_NEAR(run_of(comparison, "naive").seconds, 6 * (10 / 338.0 + 10 / 200.0 + 10 / 64.0), 1e-9);
  // Ahead of its use, a sample costs nothing; only the first is waited for.
  EXPECT_NEAR(run_of(comparison, "staging-buffer").seconds, 10 / 338.0 + 10 / 200.0 + 6 * 10 / 64.0, 1e-9);
}

TEST(SimulateIo, AFileSystemThatIsTooSlowSetsThePace) {
  IoScenario scenario = slow_file_system();
  const IoComparison comparison = simulate_io(scenario, nullptr);
  // Every rank always reads: 40 MB/s for all of them.
  const double bytes_s = run_of(comparison, "staging-buffer").file_system_mb / 40;
  EXPECT_NEAR(run_of(comparison, "staging-buffer").seconds, bytes_s, 0.1 * bytes_s);
  EXPECT_LT(run_of(comparison, "weft").seconds, run_of(comparison, "nopfs").seconds);
  EXPECT_LT(run_of(comparison, "nopfs").seconds, run_of(comparison, "staging-buffer").seconds);
  EXPECT_LT(run_of(comparison, "staging-buffer").seconds, run_of(comparison, "naive").seconds);
}

// Tiers of all ranks as large as the data. The original's sampler covers 84% on 4 ranks; on 16 it covers 66%,
// where ties are left to a sort; by first use, as here, a count apart from this code gave 75.7%.
TEST(SimulateIo, NoPfsLeavesSamplesOut) {
  IoScenario scenario = small_scenario();
  scenario.samples = 40'000;
  scenario.deviation_mb = 0;
  scenario.epochs = 10;
  scenario.policies = {"nopfs", "weft"};
  scenario.tiers.resize(1);
  for (const auto& [ranks, covered] : {std::pair(4, 0.84), std::pair(16, 0.757)}) {
    scenario.ranks = ranks;
    scenario.tiers[0].capacity_mb = 4000.0 / ranks + 1e-6;
    const IoComparison comparison = simulate_io(scenario, nullptr);
    EXPECT_NEAR(run_of(comparison, "nopfs").covered, covered, 0.01) << ranks << " ranks";
    EXPECT_EQ(run_of(comparison, "weft").covered, 1) << ranks << " ranks";
  }
}

// The published scenarios with fewer samples, tiers and staging buffers smaller in
// proportion (bench/simulate_io.sh runs them whole).
TEST(SimulateIo, RanksThePublishedPoliciesAsThePaperDoes) {
  for (const char* name : {"imagenet-1k", "openimages", "imagenet-22k", "cosmoflow"}) {
    IoScenario scenario = read_io_scenario(std::filesystem::path(WEFT_SOURCE_DIR) / "recipes/simulate" /
                                           (std::string(name) + ".toml"));
    const double smaller = 4000.0 / static_cast<double>(scenario.samples);
    scenario.samples = 4000;
    scenario.staging_mb *= smaller;
    for (TierSpec& tier : scenario.tiers) tier.capacity_mb *= smaller;
    const IoComparison comparison = simulate_io(scenario, nullptr);
    const double nopfs = run_of(comparison, "nopfs").seconds;
    EXPECT_LE(run_of(comparison, "weft").seconds, nopfs * (1 + kStart)) << name;
    EXPECT_LT(run_of(comparison, "weft").seconds, 1.1 * comparison.bound_s) << name;
    EXPECT_LT(nopfs, 1.1 * comparison.bound_s) << name;
    for (const IoResult& run : comparison.runs) {
      if (!run.unsupported.empty()) continue;
      if (run.policy != "naive") {
        EXPECT_LT(run.seconds, run_of(comparison, "naive").seconds) << name << " " << run.policy;
      }
      // Those that load before training pay for it.
      if (run.prepare_s > 0) {
        EXPECT_GT(run.seconds, nopfs) << name << " " << run.policy;
      }
    }
    EXPECT_GT(run_of(comparison, "deepio-ordered").seconds,
              run_of(comparison, "deepio-opportunistic").seconds * (1 - kRounding))
        << name;
    EXPECT_EQ(run_of(comparison, "lbann-preload").unsupported.empty(), std::string(name) == "imagenet-1k");
  }
}

// The paper's scenario 1: "Naive, which is 1.7x slower than the best-performing policy". The model's figure
// at its parameters is 1 + 64 / 338 + 64 / 200 = 1.51, within the 15% that are asked of it.
TEST(SimulateIo, NaiveIsAboutAsSlowAsPublished) {
  IoScenario scenario =
      read_io_scenario(std::filesystem::path(WEFT_SOURCE_DIR) / "recipes/simulate/mnist.toml");
  scenario.samples = 5000;
  const IoComparison comparison = simulate_io(scenario, nullptr);
  const double ratio = run_of(comparison, "naive").seconds / run_of(comparison, "nopfs").seconds;
  EXPECT_NEAR(ratio, 1.7, 0.15 * 1.7);
}

// What bench/slow_fs.sh measured on four hosts and a file server behind 50 Mbit/s
// (docs/data.md): 6.22 s, then three epochs of 0.93 s; without I/O 0.93 s. PyTorch's DataLoader: 6.48 s,
// then 6.11 s.
TEST(SimulateIo, PredictsTheStallThatWasMeasured) {
  const IoComparison comparison = simulate_io(
      read_io_scenario(std::filesystem::path(WEFT_SOURCE_DIR) / "recipes/simulate/slow-server.toml"),
      nullptr);
  const auto stall = [&](const char* policy) {
    return run_of(comparison, policy).seconds - comparison.bound_s;
  };
  constexpr double kWeft = 6.22 + 3 * 0.93 - 4 * 0.93;
  constexpr double kDoubleBuffering = 6.48 + 3 * 6.11 - 4 * 0.93;
  EXPECT_NEAR(stall("weft"), kWeft, 0.15 * kWeft);
  EXPECT_NEAR(stall("staging-buffer"), kDoubleBuffering, 0.15 * kDoubleBuffering);
}

TEST(SimulateIo, ASlowNetworkTurnsRanksToTheFileSystem) {
  IoScenario scenario = small_scenario();
  const double fast_mb = run_of(simulate_io(scenario, nullptr), "weft").peer_mb;
  scenario.network.mb_s = 1;
  const IoComparison slow = simulate_io(scenario, nullptr);
  // While no step waits a copy is taken however slowly it comes, as the loader does.
  EXPECT_LT(run_of(slow, "weft").peer_mb, 0.7 * fast_mb);
  EXPECT_GT(run_of(slow, "weft").file_system_mb, 1.5 * slow.total_mb);
}

}  // namespace
}  // namespace weft
