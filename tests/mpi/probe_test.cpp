// The network's part of a probe, among real ranks of one host.
#include <gtest/gtest.h>

#include "weft/machine/probe_parts.h"

namespace weft {
namespace {

TEST(ProbeNetwork, MeasuresTheLevelThatRanksOfOneHostShare) {
  const Communicator world = Communicator::world();
  Probe probe;
  probe_network(world, probe);
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
  // All ranks agree: the slowest counts.
  double highest = *level.latency_us;
  world.all_reduce(&highest, 1, Element::f64, Reduce::max).wait();
  EXPECT_EQ(highest, *level.latency_us);
}

}  // namespace
}  // namespace weft
