// Yang and Cong, "Accelerating Data Loading in Deep Neural Network Training" (HiPC 2019): shards are loaded
// into the tiers before training, and within each batch samples go to ranks that have them. The samples of a
// batch stay the same, and so does the training; the ranks' shares change.
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/shards.h"

namespace weft {

namespace {

class LocalityAware final : public IoPolicy {
 public:
  explicit LocalityAware(const IoWorld& world) : world_(&world), shards_(world, world.tiers()) {}

  std::string unsupported() const override {
    return world_->tiers() > 0 ? "" : "needs a tier, and the scenario has none";
  }
  Preparation prepare() override { return shards_.load(); }
  double covered() const override { return shards_.covered(); }

  void arrange(IoStep& step) override {
    taken_.assign(static_cast<size_t>(world_->ranks()), 0);
    arranged_.assign(step.accesses.size(), -1);
    homeless_.clear();
    for (const IoAccess& access : step.accesses) {
      const Shards::Place place = shards_.find(access.sample);
      int64_t& taken = taken_[static_cast<size_t>(place.rank)];
      if (place.tier < 0 || taken == step.batch) {
        homeless_.push_back(access.sample);
      } else {
        arranged_[static_cast<size_t>(place.rank * step.batch + taken++)] = access.sample;
      }
    }
    size_t next = 0;
    for (size_t i = 0; i < arranged_.size(); ++i) {
      step.accesses[i].sample = arranged_[i] >= 0 ? arranged_[i] : homeless_[next++];
    }
  }

  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) {
      const Shards::Place place = shards_.find(access.sample);
      if (place.tier < 0) continue;
      access.served.from = place.rank == access.served.rank ? Served::From::local : Served::From::peer;
      access.served.rank = place.rank;
      access.served.tier = static_cast<int8_t>(place.tier);
    }
  }

 private:
  const IoWorld* world_;
  Shards shards_;
  std::vector<int64_t> taken_;
  std::vector<int64_t> arranged_;
  std::vector<int64_t> homeless_;
};

}  // namespace

void register_locality_aware(IoPolicyRegistry& registry) {
  registry.add("locality-aware", "shards in the tiers; each batch is dealt out by who has what",
               [](const IoWorld& world) { return std::make_unique<LocalityAware>(world); });
}

}  // namespace weft
