// What plans are priced by: a file, what the run began with, the cache, and what is said of those that are of
// no use.
#include "weft/train/session/priced_by.h"

#include "tests/machine/own_cache.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/base/check.h"
#include "weft/probe/measured_here.h"
#include "weft/report/run_files.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

Machine probed_here(double memory_gbps) {
  Machine machine;
  machine.name = "here";
  machine.measured_on = measured_here();
  machine.measured_on.date = "2026-11-29";
  machine.memory_gbps = memory_gbps;
  return machine;
}

/// As the machine of probed_here() is told.
std::string probed() {
  return "this machine, probed on 2026-11-29 with " + ranks_and_threads(measured_here());
}

class WhatPlansArePricedBy : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
    fs::create_directories(run());
  }
  PricedBy find(const fs::path& run = {}, const std::vector<std::string>& keys = {}) const {
    return priced_by(text_.recipe(keys), run, Communicator::world());
  }
  fs::path run() const { return text_.folder() / "run"; }

  testing::TinyText text_;
  testing::OwnCache cache_;
};

TEST_F(WhatPlansArePricedBy, IsGuessedWhereNobodyHasMeasured) {
  const PricedBy by = find();
  EXPECT_FALSE(by.is_measured());
  EXPECT_EQ(by.what, "a machine that nobody measured");
  EXPECT_EQ(by.cure, "weft probe measures this machine");
  EXPECT_EQ(by.remark, "");
  EXPECT_FALSE(by.machine.is_known());
  MeasuredOn several = measured_here();
  several.ranks = 4;
  EXPECT_EQ(priced_by_cache(several).cure, "weft probe, started on as many ranks, measures this machine");
}

TEST_F(WhatPlansArePricedBy, IsTheCache) {
  cache_.put(measured_here(), to_json(probed_here(20)));
  const PricedBy by = find();
  EXPECT_TRUE(by.is_measured());
  EXPECT_EQ(by.what, probed());
  EXPECT_EQ(by.machine.memory_gbps, 20);
  EXPECT_EQ(by.remark, "");
}

TEST_F(WhatPlansArePricedBy, IsTheFileThatIsNamed) {
  cache_.put(measured_here(), to_json(probed_here(20)));
  write_machine(probed_here(30), machine_of(run()));
  const fs::path file = text_.folder() / "other.json";
  std::ofstream(file) << R"({"name": "other", "memory_gbps": 40})";
  const PricedBy by = find(run(), {"data.machine=" + file.string()});
  EXPECT_EQ(by.what, "the machine \"other\" of " + file.string());
  EXPECT_TRUE(by.is_measured());
  EXPECT_EQ(by.machine.memory_gbps, 40);
  std::ofstream(file) << "{";
  EXPECT_THROW(find({}, {"data.machine=" + file.string()}), UserError) << "somebody has named it";
}

TEST_F(WhatPlansArePricedBy, IsWhatTheRunBeganWith) {
  cache_.put(measured_here(), to_json(probed_here(20)));
  Machine began = probed_here(30);
  began.measured_on.onednn = "0.1";
  write_machine(began, machine_of(run()));
  const PricedBy by = find(run());
  EXPECT_EQ(by.machine.memory_gbps, 30);
  EXPECT_EQ(by.what, probed() + ", as when the run began");
  EXPECT_EQ(find().machine.memory_gbps, 20) << "another run";
  Machine named;
  named.name = "of a file";
  named.memory_gbps = 50;
  write_machine(named, machine_of(run()));
  EXPECT_EQ(find(run()).what, "the machine \"of a file\", as when the run began");
}

TEST_F(WhatPlansArePricedBy, StaysAGuessWhereTheRunBeganWithOne) {
  cache_.put(measured_here(), to_json(probed_here(20)));
  write_machine(Machine(), machine_of(run()));
  const PricedBy by = find(run());
  EXPECT_FALSE(by.is_measured());
  EXPECT_FALSE(by.machine.is_known());
  EXPECT_EQ(by.cure, "as when the run began; data.machine may name a file of weft probe");
}

TEST_F(WhatPlansArePricedBy, IsThisHostsWhereTheRunBeganOnAnother) {
  cache_.put(measured_here(), to_json(probed_here(20)));
  Machine began = probed_here(30);
  began.measured_on.cores = 1000;
  write_machine(began, machine_of(run()));
  EXPECT_EQ(find(run()).machine.memory_gbps, 20);
  EXPECT_EQ(find(run()).remark, "");
}

TEST_F(WhatPlansArePricedBy, SaysWhatIsOfNoUseAndGoesOn) {
  const std::string cure = "; prices are guessed until weft probe measures this machine again";
  const std::string path = cache_.path(measured_here()).string();
  Machine other = probed_here(20);
  other.measured_on.onednn = "0.1";
  cache_.put(measured_here(), to_json(other));
  const PricedBy stale = find();
  EXPECT_FALSE(stale.is_measured());
  EXPECT_FALSE(stale.machine.is_known());
  EXPECT_EQ(stale.remark,
            path + ": was measured with oneDNN 0.1, and here is " + measured_here().onednn + cure);
  cache_.put(measured_here(), R"({"memory_gbps": -1})");
  EXPECT_EQ(find().remark,
            path + ": \"memory_gbps\" is -1, expected a number above 0 and up to 100000 (GB/s)" + cure);
  const std::string whole = to_json(probed_here(20));
  cache_.put(measured_here(), whole.substr(0, whole.size() - 5));
  EXPECT_TRUE(find().remark.starts_with(path + ": is no machine description, or a part of one: "));
  cache_.put(measured_here(), whole);
  std::ofstream(machine_of(run())) << R"({"speed": 1})";
  const PricedBy damaged = find(run());
  EXPECT_EQ(damaged.remark, machine_of(run()).string() + ": unknown key \"speed\": the run is priced anew");
  EXPECT_EQ(damaged.machine.memory_gbps, 20);
}

}  // namespace
}  // namespace weft
