// The data store of LBANN (Jacobs et al., "Parallelizing Training of Deep Generative Models on Massive
// Scientific Datasets", CLUSTER 2019): every sample in one rank's RAM. "dynamic": the rank that reads it
// first; "preload": loaded before training. Neither works where all ranks' RAM does not hold the data.
#include <fmt/format.h>

#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/shards.h"

namespace weft {

namespace {

std::string needs_ram(const IoWorld& world) {
  if (world.tiers() == 0) return "needs a tier, and the scenario has none";
  const double ram_mb = world.scenario.tiers[0].capacity_mb * world.ranks();
  if (world.total_mb <= ram_mb) return "";
  return fmt::format("the data, {:.0f} GB, exceeds the first tier of all ranks, {:.0f} GB",
                     world.total_mb / 1000, ram_mb / 1000);
}

void serve_copy(Served& served, int rank) {
  served.from = rank == served.rank ? Served::From::local : Served::From::peer;
  served.rank = rank;
}

class LbannDynamic final : public IoPolicy {
 public:
  explicit LbannDynamic(const IoWorld& world) : world_(&world), owners_(world.sizes.size(), -1) {}
  std::string unsupported() const override { return needs_ram(*world_); }
  double covered() const override {
    return static_cast<double>(kept_) / static_cast<double>(world_->scenario.samples);
  }
  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) {
      int32_t& owner = owners_[static_cast<size_t>(access.sample)];
      if (owner >= 0) {
        serve_copy(access.served, owner);
        continue;
      }
      owner = access.served.rank;
      access.served.own_tier = 0;
      ++kept_;
    }
  }

 private:
  const IoWorld* world_;
  std::vector<int32_t> owners_;
  int64_t kept_ = 0;
};

class LbannPreload final : public IoPolicy {
 public:
  explicit LbannPreload(const IoWorld& world) : world_(&world), shards_(world, 1) {}
  std::string unsupported() const override { return needs_ram(*world_); }
  Preparation prepare() override { return shards_.load(); }
  double covered() const override { return shards_.covered(); }
  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) {
      const Shards::Place place = shards_.find(access.sample);
      // One rank's share may be larger than its RAM although all ranks' hold the data.
      if (place.tier >= 0) serve_copy(access.served, place.rank);
    }
  }

 private:
  const IoWorld* world_;
  Shards shards_;
};

}  // namespace

void register_lbann(IoPolicyRegistry& registry) {
  registry.add("lbann-dynamic", "each sample in the RAM of the rank that reads it first",
               [](const IoWorld& world) { return std::make_unique<LbannDynamic>(world); });
  registry.add("lbann-preload", "each sample in some rank's RAM before training",
               [](const IoWorld& world) { return std::make_unique<LbannPreload>(world); });
}

}  // namespace weft
