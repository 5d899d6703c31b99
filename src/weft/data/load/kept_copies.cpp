#include "weft/data/load/kept_copies.h"

#include <algorithm>
#include <utility>

namespace weft {

namespace {

/// Bytes of each tier that no home takes.
std::vector<int64_t> spare_room(const KeptCopies::Options& options) {
  std::vector<int64_t> room;
  for (size_t tier = 0; tier < options.tiers.size(); ++tier) {
    int64_t homes = 0;
    if (options.homes != nullptr) homes = options.homes->used(options.rank, static_cast<int>(tier));
    homes = homes / options.parts.sharers() + 1;  // dealt out among those that read the same
    room.push_back(std::max<int64_t>(0, options.tiers[tier]->capacity() - homes));
  }
  return room;
}

}  // namespace

KeptCopies::KeptCopies(Options options, int64_t records, int64_t first_step)
    : options_(std::move(options)),
      own_(options_.rank * options_.parts.group() + options_.parts.member()),
      replicas_(options_.tiers, spare_room(options_)) {
  adopt(records, first_step);
}

// What the tiers hold from before may be at home elsewhere now (other ranks, another capacity): it must not
// take the room of what is at home here.
void KeptCopies::adopt(int64_t records, int64_t first_step) {
  if (options_.homes == nullptr) return;
  for (size_t i = 0; i < options_.tiers.size(); ++i) {
    const Tier& tier = *options_.tiers[i];
    if (tier.used() == 0) continue;
    for (RecordId record = 0; record < records; ++record) {
      if (!tier.holds(record)) continue;
      const int64_t sample = options_.parts.sample_of(record);
      if (is_home(record) && options_.homes->home(sample).tier == static_cast<int>(i)) continue;
      replicas_.adopt(i, record, next_use(record, first_step));
    }
  }
}

std::optional<int64_t> KeptCopies::next_use(RecordId record, int64_t from_step) const {
  const auto next =
      options_.stream->next(options_.parts.sample_of(record), from_step, options_.rank, kEpochsAhead);
  if (!next) return std::nullopt;
  return next->step;
}

/// A record that several of a group read lives with one of them.
std::optional<int> KeptCopies::home_of(RecordId record) const {
  if (options_.homes == nullptr) return std::nullopt;
  const int rank = options_.homes->home(options_.parts.sample_of(record)).rank;
  if (rank < 0) return std::nullopt;
  return rank * options_.parts.group() + options_.parts.keeper(record);
}

std::optional<Tier::Stored> KeptCopies::find_in_memory(RecordId record) const {
  for (const Tier* tier : options_.tiers) {
    const std::optional<Tier::Stored> stored = tier->find(record);
    if (stored && stored->memory != nullptr) return stored;
  }
  return std::nullopt;
}

std::optional<Tier::Stored> KeptCopies::find(RecordId record) const {
  for (const Tier* tier : options_.tiers) {
    if (const std::optional<Tier::Stored> stored = tier->find(record)) return stored;
  }
  return std::nullopt;
}

void KeptCopies::drop(RecordId record) {
  replicas_.forget(record);
  for (Tier* tier : options_.tiers) {
    if (tier->holds(record)) tier->drop(record);
  }
}

void KeptCopies::used(RecordId record, std::span<const std::byte> bytes, uint64_t checksum, int64_t step) {
  replicas_.used(record, bytes, checksum, next_use(record, step + 1));
}

void KeptCopies::came(RecordId record, Origin origin, std::span<const std::byte> bytes, uint64_t checksum,
                      std::optional<int64_t> step) {
  if (options_.homes == nullptr || options_.tiers.empty()) return;
  if (is_home(record)) {
    if (origin != Origin::disk) keep_at_home(record, bytes, checksum);
  } else if (step) {
    used(record, bytes, checksum, *step);
  }
}

/// In the tier of its home, or in another where that one has become too small.
void KeptCopies::keep_at_home(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) {
  const size_t first = static_cast<size_t>(options_.homes->home(options_.parts.sample_of(record)).tier);
  for (size_t i = 0; i < options_.tiers.size(); ++i) {
    Tier& tier = *options_.tiers[(first + i) % options_.tiers.size()];
    if (tier.holds(record) || tier.put(record, bytes, checksum)) return;
  }
}

void KeptCopies::progress(std::vector<std::string>& troubles) {
  for (Tier* tier : options_.tiers) {
    tier->progress();
    std::string trouble = tier->trouble();
    if (!trouble.empty()) troubles.push_back(std::move(trouble));
  }
}

}  // namespace weft
