// DeepIO (Zhu et al., "Entropy-Aware I/O Pipelining for Large-Scale Deep Learning on HPC Systems", MASCOTS
// 2018), as Dryden et al. simulate it: before training each rank loads its share of the data into RAM, as far
// as it fits, and ranks read from each other's, ahead of use. What does not fit is read from the file system
// when it is asked for (ordered), or replaced by a sample that the rank has (opportunistic).
#include "weft/base/philox.h"
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/shards.h"

namespace weft {

namespace {

constexpr uint64_t kReplaceStream = 0x6f70'706f;  // "oppo"

class DeepIo final : public IoPolicy {
 public:
  DeepIo(const IoWorld& world, bool opportunistic)
      : world_(&world), shards_(world, 1), opportunistic_(opportunistic) {}

  std::string unsupported() const override {
    return world_->tiers() > 0 ? "" : "needs a tier, and the scenario has none";
  }
  Preparation prepare() override { return shards_.load(); }
  bool replaces_samples() const override { return opportunistic_; }
  double covered() const override { return shards_.covered(); }

  void arrange(IoStep& step) override {
    if (!opportunistic_) return;
    const RandomStream draws{world_->scenario.seed, kReplaceStream, static_cast<uint64_t>(step.step)};
    for (size_t i = 0; i < step.accesses.size(); ++i) {
      IoAccess& access = step.accesses[i];
      if (shards_.find(access.sample).tier >= 0) continue;
      const int rank = static_cast<int>(static_cast<int64_t>(i) / step.batch);
      const int64_t kept = shards_.kept(rank);
      if (kept == 0) continue;
      access.sample = shards_.begin(rank) + static_cast<int64_t>(draws.below(i, static_cast<uint64_t>(kept)));
    }
  }

  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) {
      const Shards::Place place = shards_.find(access.sample);
      access.served.on_demand = place.tier < 0;
      if (place.tier < 0) continue;
      access.served.from = place.rank == access.served.rank ? Served::From::local : Served::From::peer;
      access.served.rank = place.rank;
      access.served.tier = static_cast<int8_t>(place.tier);
    }
  }

 private:
  const IoWorld* world_;
  Shards shards_;
  bool opportunistic_;
};

}  // namespace

void register_deepio(IoPolicyRegistry& registry) {
  registry.add("deepio-ordered", "shards in RAM before training; what does not fit: file system",
               [](const IoWorld& world) { return std::make_unique<DeepIo>(world, false); });
  registry.add("deepio-opportunistic", "the same; what does not fit is replaced by what does",
               [](const IoWorld& world) { return std::make_unique<DeepIo>(world, true); });
}

}  // namespace weft
