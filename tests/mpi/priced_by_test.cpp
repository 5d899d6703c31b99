// All ranks plan for one machine, also where each host has a cache of its own.
#include "weft/train/session/priced_by.h"

#include "tests/machine/own_cache.h"
#include "tests/recipe/needs_kinds.h"
#include "tests/train/tiny_text.h"
#include "weft/probe/measured_here.h"

namespace weft {
namespace {

class PricedByRanks : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("gpt", "text", "language_modelling", "cross_entropy", "adamw", "constant", "bytes");
  }
  /// What this rank's host has measured.
  void keep(double memory_gbps, const std::string& onednn) const {
    Machine machine;
    machine.measured_on = measured_here();
    machine.measured_on.date = "2026-11-29";
    machine.measured_on.onednn = onednn;
    machine.memory_gbps = memory_gbps;
    cache_.put(measured_here(), to_json(machine));
  }
  /// The text of rank 0, where all have the same.
  std::string of_all(const std::string& text) const {
    const std::vector<std::string> texts = world_.all_gather_text(text);
    for (const std::string& other : texts) EXPECT_EQ(other, texts[0]);
    return texts[0];
  }
  PricedBy find() const { return priced_by(text_.recipe({}), {}, world_); }

  const Communicator world_ = Communicator::world();
  testing::TinyText text_{world_};
  testing::OwnCache cache_{"of-a-rank"};
};

TEST_F(PricedByRanks, IsWhatRank0HasKept) {
  keep(10 + world_.rank(), measured_here().onednn);
  const PricedBy by = find();
  EXPECT_EQ(by.machine.memory_gbps, 10);
  EXPECT_TRUE(by.is_measured());
  EXPECT_EQ(of_all(to_json(by.machine)), to_json(by.machine));
  EXPECT_EQ(of_all(by.what), "this machine, probed on 2026-11-29 with " + ranks_and_threads(measured_here()));
}

TEST_F(PricedByRanks, IsAGuessWhereThatIsOfNoUse) {
  keep(10, world_.rank() == 0 ? "0.1" : measured_here().onednn);
  const PricedBy by = find();
  EXPECT_FALSE(by.is_measured());
  EXPECT_FALSE(by.machine.is_known());
  EXPECT_NE(of_all(by.remark).find("was measured with oneDNN 0.1"), std::string::npos);
}

}  // namespace
}  // namespace weft
