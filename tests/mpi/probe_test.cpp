// The network's part of a probe, among real ranks of one host.
#include <gtest/gtest.h>

#include <map>

#include "weft/probe/probe_parts.h"

namespace weft {
namespace {

/// One round, as if this rank ran on `host`.
Probe probe_network(const Communicator& world, const std::string& host) {
  Probe probe;
  std::vector<Measurement> list;
  add_network(world, host, probe, list);
  RoundLimits limits;
  limits.usual = limits.least = limits.most = 1;
  measure(world, list, limits, {}, probe);
  return probe;
}

TEST(ProbeNetwork, MeasuresTheLevelThatRanksOfOneHostShare) {
  const Communicator world = Communicator::world();
  const Probe probe = probe_network(world, "here");
  ASSERT_EQ(probe.not_measured.size(), 1U);
  if (world.size() == 1) {
    EXPECT_TRUE(probe.machine.network.empty());
    EXPECT_EQ(probe.not_measured[0], "network: this is one rank, start several with mpirun");
    return;
  }
  EXPECT_EQ(probe.not_measured[0], "network between nodes: all ranks are on one host");
  ASSERT_EQ(probe.machine.network.size(), 1U);
  const NetworkLevel& level = probe.machine.network[0];
  EXPECT_EQ(level.name, "node");
  EXPECT_EQ(level.ranks, world.size());
  EXPECT_GT(level.latency_us.value(), 0.001);
  EXPECT_LT(level.latency_us.value(), 1e6);
  EXPECT_GT(level.mb_s.value(), 0.1);
  EXPECT_LT(level.mb_s.value(), 1e6);
  std::vector<int> sizes;
  for (const GroupRates& group : level.groups) {
    sizes.push_back(group.ranks);
    EXPECT_GT(group.latency_us, 0.001) << group.ranks;
    EXPECT_GT(group.mb_s, 0.1) << group.ranks;
  }
  const std::map<int, std::vector<int>> expected = {{2, {2}}, {3, {2, 3}}, {4, {2, 4}}, {8, {2, 4, 8}}};
  EXPECT_EQ(sizes, expected.at(world.size()));
  EXPECT_EQ(level.groups.back().latency_us, level.latency_us) << "the level's own rates are those of all";
  EXPECT_EQ(probe.rates.size(), 2 * sizes.size());
  // All ranks agree: the slowest counts.
  double highest = *level.latency_us;
  world.all_reduce(&highest, 1, Element::f64, Reduce::max).wait();
  EXPECT_EQ(highest, *level.latency_us);
}

TEST(ProbeNetwork, MeasuresNodesAndWhatLiesBetweenThem) {
  const Communicator world = Communicator::world();
  if (world.size() != 4 && world.size() != 8) return;
  const Probe probe = probe_network(world, "host" + std::to_string(world.rank() / 2));
  EXPECT_TRUE(probe.not_measured.empty());
  ASSERT_EQ(probe.machine.network.size(), 2U);
  EXPECT_EQ(probe.machine.network[0].name, "node");
  EXPECT_EQ(probe.machine.network[0].ranks, 2);
  EXPECT_EQ(probe.machine.network[1].name, "network");
  EXPECT_FALSE(probe.machine.network[1].ranks);
  for (const NetworkLevel& level : probe.machine.network) {
    EXPECT_GT(level.latency_us.value(), 0.001) << level.name;
    EXPECT_GT(level.mb_s.value(), 0.1) << level.name;
  }
}

TEST(ProbeNetwork, SaysWhyANodeIsNotMeasured) {
  const Communicator world = Communicator::world();
  if (world.size() < 3) return;
  const Probe apart = probe_network(world, "host" + std::to_string(world.rank()));
  EXPECT_EQ(apart.not_measured,
            std::vector<std::string>{"network of a node: each rank has a host of its own"});
  ASSERT_EQ(apart.machine.network.size(), 1U);
  EXPECT_EQ(apart.machine.network[0].name, "network");
  const Probe uneven = probe_network(world, world.rank() == 0 ? "first" : "others");
  EXPECT_EQ(uneven.not_measured,
            std::vector<std::string>{"network of a node: hosts do not have equally many neighbouring ranks"});
  ASSERT_EQ(uneven.machine.network.size(), 1U);
  EXPECT_GT(uneven.machine.network[0].mb_s.value(), 0.1);
}

}  // namespace
}  // namespace weft
