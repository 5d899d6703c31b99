// Of probe/probe.h, probe/probe_products.cpp, probe/probe_memory.cpp, probe/probe_network.cpp,
// probe/probe_storage.cpp: what a probe measures, and what it says that it did not. Rates are not known
// beforehand: only what no machine that runs this could fail.
#include "weft/probe/probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "weft/base/check.h"
#include "weft/price/price.h"
#include "weft/probe/measured_here.h"
#include "weft/probe/probe_memory.h"

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
  options.seconds = 0;  // the least number of rounds
  options.on_progress = [&](const std::string& what, double) { told.push_back(what); };
  const Probe probe = probe_machine(Communicator::world(), options);
  const Machine& machine = probe.machine;
  for (const DType dtype : {DType::f32, DType::bf16, DType::f64}) {
    EXPECT_GT(machine.gflops.at(dtype), 0.01) << name_of(dtype);
    EXPECT_LT(machine.gflops.at(dtype), 1e6) << name_of(dtype);
  }
  for (const DType dtype : {DType::f32, DType::bf16}) {
    const auto of = std::ranges::count(machine.products, dtype, &ProductRate::dtype);
    // Large, tall, of few rows, a head; some are alike where the machine is so slow that they are smaller.
    EXPECT_GE(of, 1);
    EXPECT_LE(of, 4);
  }
  for (const ProductRate& product : machine.products) {
    EXPECT_LE(product.gflops, machine.gflops.at(product.dtype)) << "the ceiling is the best of them";
  }
  EXPECT_GT(machine.triad_gbps.value(), 0.05);
  EXPECT_LT(machine.triad_gbps.value(), 1e5);
  EXPECT_GT(machine.first_touch_gbps.value(), 0.005);
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
  EXPECT_EQ(told.front(), "how large products may be");
  EXPECT_NE(std::ranges::find(told, "first touch of memory"), told.end());
  EXPECT_EQ(machine.spreads.size(), probe.rates.size());
  for (const ProbedRate& rate : probe.rates) {
    EXPECT_GE(rate.figure.rounds, 3) << rate.title;
    EXPECT_EQ(machine.spreads.at(rate.key), rate.figure.spread) << rate.key;
  }
  EXPECT_EQ(difference(machine.measured_on, measured_here()), "");
  EXPECT_EQ(machine.measured_on.date, measured_today());
  EXPECT_EQ(to_json(parse_machine(to_json(machine), "probed")), to_json(machine));
  EXPECT_TRUE(fs::is_empty(folder)) << "its files are removed";
  fs::remove_all(folder);
  EXPECT_TRUE(stand_ins(machine, 1).empty()) << "one rank needs nothing more";
}

TEST(Probe, SaysWhichRatesTheMachineWasTooNoisyFor) {
  Probe probe;
  probe.rates = {{"memory_gbps", "copy in memory", "GB/s", {20, 0.15, 9}},
                 {"launch_us", "launch of an instruction", "us", {1, 0.4, 40}}};
  EXPECT_EQ(noise_of(probe),
            "the machine was too noisy to believe 1 of 2 rates, which spread by more than 15%: launch of an "
            "instruction; probe it again when it is quiet");
  Probe noisier = probe;
  for (int i = 0; i < 6; ++i) noisier.rates.push_back(probe.rates[1]);
  EXPECT_NE(noise_of(noisier).find("; launch of an instruction; and 2 more; probe"), std::string::npos);
  probe.rates.pop_back();
  EXPECT_EQ(noise_of(probe), "");
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Probe, SaysThatMemoryIsShort) {
  EXPECT_EQ(refusal([] { ProbeMemory(Communicator::world(), int64_t{1} << 20); }),
            "probe: each rank needs 1.00 GiB of memory to measure in, and 1.00 MiB are free");
  EXPECT_TRUE(refusal([] { Pages(int64_t{1} << 62); }).ends_with(" of memory cannot be mapped"));
}

TEST(Probe, AFolderThatCannotBeWrittenIsAnError) {
  ProbeOptions options;
  options.folders[kFileSystem] = "/no/such/folder";
  EXPECT_EQ(refusal([&] { probe_machine(Communicator::world(), options); }),
            "/no/such/folder: the probe cannot write a file here: No such file or directory");
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
