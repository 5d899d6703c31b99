// Sharding: each rank loads its share of the data into its tiers before training, as far as it fits, and
// trains on nothing else. The share is shuffled anew each epoch.
#include "weft/data/stream/permutation.h"
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/shards.h"

namespace weft {

namespace {

constexpr uint64_t kShardStream = 0x7368'6172;  // "shar"

class ParallelStaging final : public IoPolicy {
 public:
  explicit ParallelStaging(const IoWorld& world) : world_(&world), shards_(world, world.tiers()) {}

  std::string unsupported() const override {
    for (int rank = 0; rank < world_->ranks(); ++rank) {
      if (shards_.kept(rank) == 0) return "a rank's tiers do not hold a single sample";
    }
    return "";
  }
  Preparation prepare() override { return shards_.load(); }
  bool replaces_samples() const override { return true; }
  double covered() const override { return shards_.covered(); }

  void arrange(IoStep& step) override {
    if (step.epoch != epoch_) {
      epoch_ = step.epoch;
      orders_.clear();
      for (int rank = 0; rank < world_->ranks(); ++rank) {
        const RandomStream draws{world_->scenario.seed + static_cast<uint64_t>(rank), kShardStream,
                                 static_cast<uint64_t>(epoch_)};
        orders_.emplace_back(shards_.kept(rank), draws);
      }
    }
    const int64_t first = step.step % world_->stream->steps_per_epoch() * step.batch;
    for (size_t i = 0; i < step.accesses.size(); ++i) {
      const int rank = static_cast<int>(static_cast<int64_t>(i) / step.batch);
      const Permutation& order = orders_[static_cast<size_t>(rank)];
      const int64_t index = (first + static_cast<int64_t>(i) % step.batch) % order.size();
      step.accesses[i].sample = shards_.begin(rank) + order.at(index);
    }
  }

  void serve(const IoStep& step, double /*file_system_mb_s*/) override {
    for (IoAccess& access : step.accesses) {
      access.served.from = Served::From::local;
      access.served.tier = static_cast<int8_t>(shards_.find(access.sample).tier);
    }
  }

 private:
  const IoWorld* world_;
  Shards shards_;
  int64_t epoch_ = -1;
  std::vector<Permutation> orders_;
};

}  // namespace

void register_parallel_staging(IoPolicyRegistry& registry) {
  registry.add("parallel-staging", "sharding: each rank trains on its own share only",
               [](const IoWorld& world) { return std::make_unique<ParallelStaging>(world); });
}

}  // namespace weft
