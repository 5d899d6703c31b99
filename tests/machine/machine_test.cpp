// Of machine/machine.h, machine/parse_machine.cpp, machine/machine_values.h: what is written is read back,
// and what is wrong is said.
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
  machine.measured_on = {"AMD EPYC 9B14", 2, 1, 2, "2.6.3", "2026-11-29"};
  machine.products = {{DType::f32, 512, 32768, 768, 130}, {DType::bf16, 128, 3072, 768, 500}};
  machine.memory_gbps = 21.25;
  machine.triad_gbps = 30.5;
  machine.first_touch_gbps = 1.75;
  machine.launch_us = 0.75;
  machine.spreads = {{"memory_gbps", 0.0625}, {"launch_us", 0.5}};
  machine.network = {{"node", 4, 0.5, 8000, {{2, 0.25, 9000}, {4, 0.5, 8000}}},
                     {"rack", 16, 1.5, 4000},
                     {"network", std::nullopt, 2.5, 1000}};
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
  EXPECT_EQ(again.measured_on, machine.measured_on);
  EXPECT_EQ(again.products, machine.products);
  EXPECT_EQ(again.memory_gbps, 21.25);
  EXPECT_EQ(again.triad_gbps, 30.5);
  EXPECT_EQ(again.first_touch_gbps, 1.75);
  EXPECT_EQ(again.spreads, machine.spreads);
  EXPECT_EQ(again.network[0].groups, machine.network[0].groups);
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
  EXPECT_TRUE(machine.measured_on.is_empty());
  EXPECT_FALSE(machine.is_known());
  EXPECT_TRUE(full_machine().is_known());
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

/// Of a number that `key` cannot be, up to `most`.
std::string no_rate(const std::string& key, const std::string& got, const std::string& most) {
  return ": \"" + key + "\" is " + got + ", expected a number above 0 and up to " + most;
}

TEST_F(MachineFile, SaysWhichRateNoMachineHas) {
  EXPECT_EQ(complaint(R"({"memory_gbps": 0})"), no_rate("memory_gbps", "0", "100000 (GB/s)"));
  EXPECT_EQ(complaint(R"({"memory_gbps": 1e6})"), no_rate("memory_gbps", "1000000.0", "100000 (GB/s)"));
  EXPECT_EQ(complaint(R"({"triad_gbps": -1})"), no_rate("triad_gbps", "-1", "100000 (GB/s)"));
  EXPECT_EQ(complaint(R"({"first_touch_gbps": null})"), no_rate("first_touch_gbps", "null", "100000 (GB/s)"));
  EXPECT_EQ(complaint(R"({"f32_gflops": "fast"})"), no_rate("f32_gflops", "\"fast\"", "10000000 (Gflop/s)"));
  EXPECT_EQ(complaint(R"({"gflops": {"f32": -3}})"), no_rate("gflops.f32", "-3", "10000000 (Gflop/s)"));
  EXPECT_EQ(complaint(R"({"gflops": {"f32": 3.5e11}})"),
            no_rate("gflops.f32", "350000000000.0", "10000000 (Gflop/s)"))
      << "operations a second, where 10^9 were asked";
  EXPECT_EQ(complaint(R"({"launch_us": 1e-300})"), no_rate("launch_us", "1e-300", "100000000 (us)"));
  EXPECT_EQ(complaint(R"({"network": [{"mb_s": 0}]})"), no_rate("network.mb_s", "0", "1000000000 (MB/s)"));
  EXPECT_EQ(complaint(R"({"network_gbps": [1]})"), no_rate("network_gbps", "[1]", "100000 (GB/s)"));
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"write_mb_s": [[1, 0]]}}})"),
            no_rate("storage.disk.write_mb_s", "0", "1000000000 (MB/s)"));
  EXPECT_EQ(complaint(R"({"spread": {"launch_us": -1}})"),
            ": \"spread.launch_us\" is -1, expected a number from 0 on, such as 0.05");
  EXPECT_EQ(complaint(R"({"launch_us": ")" + std::string(100, 'x') + "\"}"),
            no_rate("launch_us", "\"" + std::string(39, 'x') + "…", "100000000 (us)"));
}

TEST_F(MachineFile, SaysWhatIsNoDescription) {
  EXPECT_EQ(complaint("3"), ": a machine description is one JSON object");
  EXPECT_TRUE(
      complaint("{").starts_with(": is no machine description, or a part of one: parse error at line 1"));
  EXPECT_TRUE(complaint("").starts_with(": is no machine description, or a part of one: parse error"));
  EXPECT_EQ(complaint(R"({"memory_gbps": 1e999})"),
            ": is no machine description, or a part of one: number overflow parsing '1e999'");
  const std::string whole = to_json(full_machine());
  for (size_t end = 1; end < whole.size(); end += 7) {
    EXPECT_TRUE(complaint(whole.substr(0, end)).starts_with(": is no machine description")) << end;
  }
  EXPECT_EQ(complaint(R"({"launch_us": 1, "launch_us": 2})"),
            ": is no machine description: its JSON says a key twice or nests more than 64 deep");
}

TEST_F(MachineFile, SaysWhatIsWrong) {
  EXPECT_EQ(complaint(R"({"speed": 3})"), ": unknown key \"speed\"");
  EXPECT_EQ(complaint(R"({"name": 3})"), ": \"name\" is 3, expected a text");
  EXPECT_EQ(complaint(R"({"gflops": 3})"), ": \"gflops\" must be an object of numbers by dtype");
  EXPECT_EQ(complaint(R"({"gflops": {"i32": 3}})"),
            ": unknown key \"gflops.i32\": expected f64, f32 or bf16");
  EXPECT_EQ(complaint(R"({"products": {}})"), ": \"products\" must be a list of products");
  const std::string product = ": each of \"products\" must be an object of dtype, m, n, k, gflops";
  EXPECT_EQ(complaint(R"({"products": [3]})"), product);
  EXPECT_EQ(complaint(R"({"products": [{"dtype": "f32", "m": 1, "n": 1, "k": 1}]})"), product);
  EXPECT_EQ(complaint(R"({"products": [{"dtype": "i32", "m": 1, "n": 1, "k": 1, "gflops": 1}]})"),
            ": \"products.dtype\" is \"i32\", expected f64, f32 or bf16");
  EXPECT_EQ(complaint(R"({"products": [{"dtype": "f32", "m": 0, "n": 1, "k": 1, "gflops": 1}]})"),
            ": \"products.m\" is 0, expected a whole number from 1 on");
  EXPECT_EQ(complaint(R"({"measured": 3})"), ": \"measured\" must be an object that says where");
  EXPECT_EQ(complaint(R"({"measured": {"cores": 1e30}})"),
            ": \"measured.cores\" is 1e+30, expected a whole number from 1 on");
  EXPECT_EQ(complaint(R"({"measured": {"gpu": "x"}})"), ": unknown key \"measured.gpu\"");
  EXPECT_EQ(complaint(R"({"spread": 3})"), ": \"spread\" must be an object of numbers by rate");
  EXPECT_EQ(complaint(R"({"network": [], "network_gbps": 3})"),
            ": \"network_gbps\" and \"network\" say the same: expected one of them");
}

TEST_F(MachineFile, SaysWhatIsWrongWithANetwork) {
  EXPECT_EQ(complaint(R"({"network": {}})"), ": \"network\" must be a list of levels");
  EXPECT_EQ(complaint(R"({"network": [3]})"), ": each level of \"network\" must be an object");
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 1.5}]})"),
            ": \"network.ranks\" is 1.5, expected a whole number from 1 on");
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 0}]})"),
            ": \"network.ranks\" is 0, expected a whole number from 1 on");
  EXPECT_EQ(complaint(R"({"network": [{"gbps": 1}]})"), ": unknown key \"network.gbps\"");
  const std::string order =
      ": the levels of \"network\" must go from the narrowest to the widest, each a multiple";
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 4}, {"ranks": 2}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [{"ranks": 4}, {"ranks": 6}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [{}, {"ranks": 6}]})"), order);
  EXPECT_EQ(complaint(R"({"network": [{"groups": 3}]})"), ": \"network.groups\" must be a list of groups");
  EXPECT_EQ(complaint(R"({"network": [{"groups": [{"ranks": 2}]}]})"),
            ": each of \"network.groups\" must be an object of ranks, latency_us, mb_s");
  EXPECT_EQ(complaint(R"({"network": [{"groups": [{"ranks": 1, "latency_us": 1, "mb_s": 1}]}]})"),
            ": \"network.groups.ranks\" is 1, expected a whole number from 2 on");
  EXPECT_EQ(complaint(R"({"network": [{"groups": [{"ranks": 4, "latency_us": 1, "mb_s": 1},
                                                  {"ranks": 4, "latency_us": 1, "mb_s": 1}]}]})"),
            ": \"network.groups\" must go from the fewest ranks to the most");
}

TEST_F(MachineFile, SaysWhatIsWrongWithStorage) {
  EXPECT_EQ(complaint(R"({"storage": 3})"), ": \"storage\" must be an object of rates by name");
  EXPECT_EQ(complaint(R"({"storage": {"disk": 3}})"), ": \"storage.disk\" must be an object");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"seek": 3}}})"), ": unknown key \"storage.disk.seek\"");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"read_mb_s": []}}})"),
            ": \"storage.disk.read_mb_s\" holds no pair");
  EXPECT_EQ(complaint(R"({"storage": {"disk": {"read_mb_s": [[4, 1], [1, 2]]}}})"),
            ": \"storage.disk.read_mb_s\" must be a number, or pairs as in [[1, 338], [4, 1540]] with "
            "increasing users");
}

TEST_F(MachineFile, SaysThatThereIsNone) {
  try {
    read_machine(path_);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path_.string() + ": the machine description does not exist");
  }
}

TEST_F(MachineFile, AWidestGroupStandsForALevelThatSaysNoRates) {
  const Machine machine = read(R"({"network": [{"name": "node", "groups":
      [{"ranks": 2, "latency_us": 1, "mb_s": 900}, {"ranks": 8, "latency_us": 3, "mb_s": 500}]}]})");
  EXPECT_EQ(machine.network[0].latency_us, 3);
  EXPECT_EQ(machine.network[0].mb_s, 500);
  EXPECT_EQ(to_json(read(to_json(machine))), to_json(machine));
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
