// What Weft's loader does (data/load/record_broker.cpp), with the loader's own placement: every sample has
// one home that all ranks agree on. A home reads a sample from the file system when it, or another, first
// needs it, and keeps it; others ask the home. Room that homes leave over holds second copies of what a rank
// reads soon again. A peer's copy is preferred unless the file system is clearly faster and a step is about
// to wait.
#include <algorithm>

#include "weft/data/load/source_speed.h"
#include "weft/data/place/homes.h"
#include "weft/machine/transfer_time.h"
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/replica_plan.h"

namespace weft {

namespace {

constexpr double kBytesPerMb = 1e6;
constexpr int64_t kEpochsAhead = 4;  // as the loader's: a copy used later than that is not worth its room

Homes placed(const IoWorld& world) {
  HomesOptions options;
  std::vector<int64_t> bytes;
  bytes.reserve(world.sizes.size());
  for (const float mb : world.sizes)
    bytes.push_back(static_cast<int64_t>(static_cast<double>(mb) * kBytesPerMb));
  options.record_bytes = bytes;
  std::vector<int64_t> capacity;
  for (const TierSpec& tier : world.scenario.tiers)
    capacity.push_back(static_cast<int64_t>(tier.capacity_mb * kBytesPerMb));
  options.capacity.assign(static_cast<size_t>(world.ranks()), capacity);
  return {*world.stream, options};
}

std::vector<double> spare_room(const IoWorld& world, const Homes& homes) {
  std::vector<double> room;
  for (int rank = 0; rank < world.ranks(); ++rank) {
    for (int tier = 0; tier < world.tiers(); ++tier) {
      const double used = static_cast<double>(homes.used(rank, tier)) / kBytesPerMb;
      room.push_back(std::max(0.0, world.scenario.tiers[static_cast<size_t>(tier)].capacity_mb - used));
    }
  }
  return room;
}

class Weft final : public IoPolicy {
 public:
  explicit Weft(const IoWorld& world)
      : world_(&world),
        homes_(placed(world)),
        replicas_(world, spare_room(world, homes_)),
        read_(world.sizes.size()) {}

  void serve(const IoStep& step, double file_system_mb_s) override {
    for (size_t i = 0; i < step.accesses.size(); ++i) {
      const int64_t row = static_cast<int64_t>(i) % step.batch;
      serve_one(step, row, file_system_mb_s, step.accesses[i].sample, step.accesses[i].served);
    }
  }
  double covered() const override {
    return static_cast<double>(homes_.covered()) / static_cast<double>(world_->scenario.samples);
  }

 private:
  void serve_one(const IoStep& step, int64_t row, double file_system_mb_s, int64_t sample, Served& out) {
    const int reader = out.rank;
    const Home home = homes_.home(sample);
    const bool at_home = home.rank == reader;
    const double mb = world_->mb(sample);
    const int replica = at_home ? -1 : replicas_.take(reader, step.step * step.batch + row, mb);
    if (replica >= 0) {
      out.from = Served::From::local;
      out.tier = static_cast<int8_t>(replica);
    } else if (home.rank >= 0 && (at_home || step.urgent[static_cast<size_t>(reader)] == 0 ||
                                  peer_is_best(home.tier, file_system_mb_s))) {
      ask_home(home, sample, out);
    }
    if (at_home) return;
    const auto next = world_->stream->next(sample, step.step + 1, reader, kEpochsAhead);
    if (!next) return;
    const int64_t access = next->step * step.batch + next->row - reader * step.batch;
    const int tier = replicas_.keep(reader, access, mb);
    if (tier != replica) out.own_tier = static_cast<int8_t>(tier);
  }

  void ask_home(const Home& home, int64_t sample, Served& out) {
    const bool at_home = home.rank == out.rank;
    out.rank = home.rank;
    if (read_[static_cast<size_t>(sample)]) {
      out.from = at_home ? Served::From::local : Served::From::peer;
      out.tier = static_cast<int8_t>(home.tier);
    } else {
      read_[static_cast<size_t>(sample)] = true;
      out.home_tier = static_cast<int8_t>(home.tier);
    }
  }

  bool peer_is_best(int tier, double file_system_mb_s) const {
    const TierSpec& spec = world_->scenario.tiers[static_cast<size_t>(tier)];
    const double peer = std::min(network_mb_s(world_->scenario.network), spec.read_mb_s() / spec.threads);
    return file_system_mb_s < kClearlyFaster * peer;
  }

  const IoWorld* world_;
  Homes homes_;
  ReplicaPlan replicas_;
  std::vector<bool> read_;  ///< samples that their homes have
};

}  // namespace

void register_weft(IoPolicyRegistry& registry) {
  registry.add("weft", "one home for each sample, agreed on; peers' copies; Belady's rule for the rest",
               [](const IoWorld& world) { return std::make_unique<Weft>(world); });
}

}  // namespace weft
