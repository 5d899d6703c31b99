#include "weft/data/load/replicas.h"

namespace weft {

Replicas::Replicas(std::vector<Tier*> tiers, std::vector<int64_t> room)
    : tiers_(std::move(tiers)), room_(std::move(room)), by_next_use_(tiers_.size()) {}

void Replicas::forget(RecordId record) {
  const auto found = kept_.find(record);
  if (found == kept_.end()) return;
  const Kept& kept = found->second;
  // A tier may have lost it by itself.
  if (tiers_[kept.tier]->holds(record)) tiers_[kept.tier]->drop(record);
  room_[kept.tier] += kept.bytes;
  by_next_use_[kept.tier].erase({kept.next_step, record});
  kept_.erase(found);
}

bool Replicas::make_room(size_t tier, int64_t bytes, int64_t next_step) {
  // Looked at before anything is dropped: a copy is not given up for one that does not fit all the same.
  int64_t room = room_[tier];
  std::vector<RecordId> victims;
  for (auto later = by_next_use_[tier].rbegin(); room < bytes && later != by_next_use_[tier].rend();
       ++later) {
    if (later->first <= next_step) return false;
    victims.push_back(later->second);
    room += kept_.at(later->second).bytes;
  }
  if (room < bytes) return false;
  for (const RecordId victim : victims) forget(victim);
  return true;
}

void Replicas::used(RecordId record, std::span<const std::byte> bytes, uint64_t checksum,
                    std::optional<int64_t> next_step) {
  const auto found = kept_.find(record);
  if (found != kept_.end()) {
    if (!next_step) return forget(record);
    auto& order = by_next_use_[found->second.tier];
    order.erase({found->second.next_step, record});
    order.insert({*next_step, record});
    found->second.next_step = *next_step;
    return;
  }
  if (!next_step) return;
  const int64_t size = std::ssize(bytes);
  for (size_t tier = 0; tier < tiers_.size(); ++tier) {
    if (!make_room(tier, size, *next_step) || !tiers_[tier]->put(record, bytes, checksum)) continue;
    return add(tier, record, size, *next_step);
  }
}

void Replicas::adopt(size_t tier, RecordId record, std::optional<int64_t> next_step) {
  const std::optional<Tier::Stored> stored = tiers_[tier]->find(record);
  if (!stored || !next_step || kept_.contains(record) || !make_room(tier, stored->bytes, *next_step))
    return tiers_[tier]->drop(record);
  add(tier, record, stored->bytes, *next_step);
}

void Replicas::add(size_t tier, RecordId record, int64_t bytes, int64_t next_step) {
  room_[tier] -= bytes;
  by_next_use_[tier].insert({next_step, record});
  kept_.emplace(record, Kept{tier, bytes, next_step});
}

}  // namespace weft
