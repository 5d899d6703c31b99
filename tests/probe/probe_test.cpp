// What a probe measures, and what it says that it did not. Rates are not known beforehand: only what no
// machine that runs this could fail.
#include "weft/probe/probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/price/price.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

bool mentions(const std::vector<std::string>& lines, const std::string& start) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(start + ": "); });
}

TEST(Probe, MeasuresEveryRateOrSaysThatItDidNot) {
  const fs::path folder = fs::path(testing::TempDir()) / ("weft-probe-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::vector<std::string> told;
  ProbeOptions options;
  options.folders[kLocalDisk] = folder;
  options.on_progress = [&](const std::string& what) { told.push_back(what); };
  const Probe probe = probe_machine(Communicator::world(), options);
  const Machine& machine = probe.machine;
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    EXPECT_GT(machine.gflops.at(dtype), 0.01) << name_of(dtype);
    EXPECT_LT(machine.gflops.at(dtype), 1e6) << name_of(dtype);
  }
  EXPECT_GT(machine.memory_gbps.value(), 0.05);
  EXPECT_LT(machine.memory_gbps.value(), 1e5);
  EXPECT_NEAR(machine.storage.at(kMemoryCopy).read->at(1), machine.memory_gbps.value() * 500, 1e-6 * 1e5);
  EXPECT_GT(machine.launch_us.value(), 0.001);
  EXPECT_LT(machine.launch_us.value(), 1e5);
  EXPECT_TRUE(machine.network.empty());
  EXPECT_TRUE(mentions(probe.not_measured, "network"));
  EXPECT_TRUE(mentions(probe.not_measured, kFileSystem));
  EXPECT_FALSE(machine.storage.contains(kFileSystem));
  // A file system without O_DIRECT is said to be unmeasured.
  EXPECT_NE(machine.storage.contains(kLocalDisk), mentions(probe.not_measured, kLocalDisk));
  if (machine.storage.contains(kLocalDisk)) {
    EXPECT_GT(machine.storage.at(kLocalDisk).read->at(1), 0.01);
    EXPECT_GT(machine.storage.at(kLocalDisk).write->at(1), 0.01);
  }
  EXPECT_EQ(told.size(), 7U);
  EXPECT_TRUE(fs::is_empty(folder)) << "its files are removed";
  fs::remove_all(folder);
  EXPECT_TRUE(stand_ins(machine, 1).empty()) << "one rank needs nothing more";
}

TEST(Probe, AFolderThatCannotBeWrittenIsAnError) {
  ProbeOptions options;
  options.folders[kFileSystem] = "/no/such/folder";
  try {
    probe_machine(Communicator::world(), options);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "/no/such/folder: the probe cannot write a file here: No such file or directory");
  }
}

TEST(RanksPerHost, AreKnownWhereHostsHaveEquallyManyNeighbours) {
  const auto of = [](std::vector<std::string> hosts) { return ranks_per_host(hosts); };
  EXPECT_EQ(of({"a"}), 1);
  EXPECT_EQ(of({"a", "a", "a"}), 3);
  EXPECT_EQ(of({"a", "a", "b", "b"}), 2);
  EXPECT_EQ(of({"a", "b", "c"}), 1);
  EXPECT_EQ(of({"a", "b", "a", "b"}), std::nullopt) << "dealt out in turn";
  EXPECT_EQ(of({"a", "a", "b"}), std::nullopt);
  EXPECT_EQ(of({"a", "b", "b", "a"}), std::nullopt);
  EXPECT_EQ(of({"a", "b", "b", "b"}), std::nullopt);
}

}  // namespace
}  // namespace weft
