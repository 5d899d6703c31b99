// Descriptions of machines: what is written is read back, and what is wrong is said.
#include "weft/machine/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "weft/base/check.h"
#include "weft/price/price.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class MachineFile : public testing::Test {
 protected:
  MachineFile()
      : path_(fs::path(testing::TempDir()) / ("weft-machine-" + std::to_string(getpid()) + ".json")) {}
  ~MachineFile() override { fs::remove(path_); }

  Machine read(const std::string& text) const {
    std::ofstream(path_) << text;
    return read_machine(path_);
  }
  /// The complaint without the path that it begins with.
  std::string complaint(const std::string& text) const {
    try {
      read(text);
    } catch (const UserError& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.substr(0, path_.string().size()), path_.string());
      return what.substr(path_.string().size());
    }
    return "none";
  }

  fs::path path_;
};

Machine full_machine() {
  Machine machine;
  machine.name = "cluster";
  machine.gflops = {{DType::f64, 12.5}, {DType::f32, 130}, {DType::bf16, 500}};
  machine.memory_gbps = 21.25;
  machine.launch_us = 0.75;
  machine.network = {{"node", 4, 0.5, 8000}, {"rack", 16, 1.5, 4000}, {"network", std::nullopt, 2.5, 1000}};
  machine.storage[kFileSystem] = {RateTable({{1, 338}, {4, 1540}}), RateTable({{4, 700}})};
  machine.storage[kLocalDisk] = {RateTable({{1, 500}}), std::nullopt};
  return machine;
}

TEST_F(MachineFile, ReadsWhatItWrites) {
  const Machine machine = full_machine();
  const std::string text = to_json(machine);
  const Machine again = read(text);
  EXPECT_EQ(to_json(again), text);
  EXPECT_EQ(again.name, "cluster");
  EXPECT_EQ(again.gflops, machine.gflops);
  EXPECT_EQ(again.memory_gbps, 21.25);
  EXPECT_EQ(again.launch_us, 0.75);
  ASSERT_EQ(again.network.size(), 3U);
  EXPECT_EQ(again.network[1].name, "rack");
  EXPECT_EQ(again.network[1].ranks, 16);
  EXPECT_EQ(again.network[1].latency_us, 1.5);
  EXPECT_EQ(again.network[1].mb_s, 4000);
  EXPECT_FALSE(again.network[2].ranks);
  EXPECT_EQ(again.storage.at(kFileSystem).read->at(4), 1540);
  EXPECT_EQ(again.storage.at(kFileSystem).write->at(1), 700);
  EXPECT_FALSE(again.storage.at(kLocalDisk).write);
}

TEST_F(MachineFile, WhatIsNotWrittenIsEmpty) {
  const Machine machine = read("{}");
  EXPECT_EQ(machine.name, "not measured");
  EXPECT_TRUE(machine.gflops.empty());
  EXPECT_FALSE(machine.memory_gbps);
  EXPECT_FALSE(machine.launch_us);
  EXPECT_TRUE(machine.network.empty());
  EXPECT_TRUE(machine.storage.empty());
  EXPECT_EQ(read(to_json(Machine{})).name, Machine{}.name);
}

TEST_F(MachineFile, ReadsTheFlatFormOfEarlierVersions) {
  const Machine machine = read(R"({"name": "old", "f32_gflops": 100, "bf16_gflops": 300, "f64_gflops": 5,
      "memory_gbps": 20, "network_latency_us": 3, "network_gbps": 2.5, "launch_us": 2})");
  EXPECT_EQ(machine.name, "old");
  EXPECT_EQ(machine.gflops,
            (std::map<DType, double>{{DType::f64, 5}, {DType::f32, 100}, {DType::bf16, 300}}));
  EXPECT_EQ(machine.memory_gbps, 20);
  EXPECT_EQ(machine.launch_us, 2);
  ASSERT_EQ(machine.network.size(), 1U);
  EXPECT_EQ(machine.network[0].latency_us, 3);
  EXPECT_EQ(machine.network[0].mb_s, 2500);
  EXPECT_FALSE(machine.network[0].ranks);
  EXPECT_TRUE(stand_ins(machine, 1000).empty());
  const Machine half = read(R"({"network_latency_us": 3})");
  EXPECT_FALSE(half.network[0].mb_s);
}

TEST_F(MachineFile, SaysWhatIsWrong) {
  EXPECT_EQ(complaint("3"), ": a machine description is one JSON object");
  EXPECT_EQ(complaint("{"), ": a machine description is one JSON object");
  EXPECT_EQ(complaint(R"({"speed": 3})"), ": unknown key \"speed\"");
  EXPECT_EQ(complaint(R"({"name": 3})"), ": \"name\" must be a string");
  EXPECT_EQ(complaint(R"({"memory_gbps": 0})"), ": \"memory_gbps\" must be a positive number");
  EXPECT_EQ(complaint(R"({"f32_gflops": "fast"})"), ": \"f32_gflops\" must be a positive number");
  EXPECT_EQ(complaint(R"({"gflops": 3})"), ": \"gflops\" must be an object of numbers by dtype");
  EXPECT_EQ(complaint(R"({"gflops": {"i32": 3}})"),
            ": unknown key \"gflops.i32\": expected f64, f32 or bf16");
  EXPECT_EQ(complaint(R"({"gflops": {"f32": -3}})"), ": \"gflops.f32\" must be a positive number");
  EXPECT_EQ(complaint(R"({"network": {}})"), ": \"network\" must be a list of levels");
  EXPECT_EQ(complaint(R"({"network": [3]})"), ": each level of \"network\" must be an object");
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 1.5}]})"),
            ": \"network.ranks\" must be a whole number of ranks");
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 0}]})"),
            ": \"network.ranks\" must be a whole number of ranks");
  EXPECT_EQ(complaint(R"({"network": [{"mb_s": 0}]})"), ": \"network.mb_s\" must be a positive number");
  EXPECT_EQ(complaint(R"({"network": [{"gbps": 1}]})"), ": unknown key \"network.gbps\"");
  const std::string order =
      ": the levels of \"network\" must go from the narrowest to the widest, each a multiple";
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 4}, {"ranks": 2}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 4}, {"ranks": 6}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [{}, {"ranks": 6}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [], "network_gbps": 3})"),
            ": \"network_gbps\" and \"network\" say the same: expected one of them");
  EXPECT_EQ(complaint(R"({"storage": 3})"), ": \"storage\" must be an object of rates by name");
  EXPECT_EQ(complaint(R"({"storage": {"disk": 3}})"), ": \"storage.disk\" must be an object");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"seek": 3}}})"), ": unknown key \"storage.disk.seek\"");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"read_mb_s": []}}})"),
            ": \"storage.disk.read_mb_s\" holds no pair");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"read_mb_s": [[4, 1], [1, 2]]}}})"),
            ": \"storage.disk.read_mb_s\" must be a number, or pairs as in [[1, 338], [4, 1540]] with "
            "increasing users");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"write_mb_s": [[1, 0]]}}})"),
            ": \"storage.disk.write_mb_s\" must be a positive number");
  fs::remove(path_);
  EXPECT_THROW(
      {
        try {
          read_machine(path_);
        } catch (const UserError& error) {
          EXPECT_EQ(error.what(), path_.string() + ": the machine description does not exist");
          throw;
        }
      },
      UserError);
}

TEST(Machine, AGroupHasTheNarrowestLevelThatAllItsRanksShare) {
  const Machine machine = full_machine();
  const auto name = [&](std::vector<int> ranks) { return machine.level_of(ranks)->name; };
  EXPECT_EQ(name({0, 1, 2, 3}), "node");
  EXPECT_EQ(name({5}), "node");
  EXPECT_EQ(name({3, 4}), "rack") << "neighbours on two nodes";
  EXPECT_EQ(name({0, 4, 8, 12}), "rack");
  EXPECT_EQ(name({15, 16}), "network");
  EXPECT_EQ(name({0, 1000}), "network");
  Machine node_only = machine;
  node_only.network.resize(1);
  EXPECT_EQ(node_only.level_of(std::vector<int>{3, 4}), nullptr);
  EXPECT_EQ(Machine{}.level_of(std::vector<int>{0, 1}), nullptr);
}

}  // namespace
}  // namespace weft
