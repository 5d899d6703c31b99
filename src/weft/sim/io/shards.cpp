#include "weft/sim/io/shards.h"

#include <algorithm>

#include "weft/machine/transfer_time.h"
#include "weft/sim/io/contention.h"

namespace weft {

Shards::Shards(const IoWorld& world, int tiers) : world_(&world), tiers_(std::min(tiers, world.tiers())) {
  const int64_t ranks = world.ranks();
  for (int64_t rank = 0; rank < ranks; ++rank) {
    int64_t sample = world.scenario.samples * rank / ranks;
    const int64_t end = world.scenario.samples * (rank + 1) / ranks;
    for (int tier = 0; tier < tiers_; ++tier) {
      bounds_.push_back(sample);
      const double capacity = world.scenario.tiers[static_cast<size_t>(tier)].capacity_mb;
      double mb = 0;
      while (sample < end && mb + world.mb(sample) <= capacity) mb += world.mb(sample++);
      mb_.push_back(mb);
    }
    bounds_.push_back(sample);
  }
}

Shards::Place Shards::find(int64_t sample) const {
  const int64_t ranks = world_->ranks();
  Place place;
  place.rank = static_cast<int>(((sample + 1) * ranks - 1) / world_->scenario.samples);
  for (int tier = 0; tier < tiers_; ++tier) {
    if (sample < bounds_[at(place.rank, tier + 1)]) {
      place.tier = tier;
      break;
    }
  }
  return place;
}

double Shards::covered() const {
  int64_t kept_by_all = 0;
  for (int rank = 0; rank < world_->ranks(); ++rank) kept_by_all += kept(rank);
  return static_cast<double>(kept_by_all) / static_cast<double>(world_->scenario.samples);
}

Preparation Shards::load() const {
  const IoScenario& scenario = world_->scenario;
  std::vector<FileSystemDemand> demands(static_cast<size_t>(scenario.ranks));
  Preparation preparation;
  for (int rank = 0; rank < scenario.ranks; ++rank) {
    double mb = 0;
    for (int tier = 0; tier < tiers_; ++tier) {
      const double part =
          mb_[static_cast<size_t>(rank) * static_cast<size_t>(tiers_) + static_cast<size_t>(tier)];
      mb += part;
      const double written_s = storage_s(part, scenario.tiers[static_cast<size_t>(tier)].write_mb_s());
      preparation.seconds = std::max(preparation.seconds, written_s);
    }
    demands[static_cast<size_t>(rank)].mb = mb;
    preparation.file_system_mb += mb;
  }
  const FileSystemShare share = share_of(*scenario.file_system.read, demands);
  preparation.seconds = std::max(preparation.seconds, storage_s(preparation.file_system_mb, share.all_mb_s));
  for (const FileSystemDemand& demand : demands)
    preparation.seconds = std::max(preparation.seconds, storage_s(demand.mb, share.reader_mb_s));
  return preparation;
}

}  // namespace weft
