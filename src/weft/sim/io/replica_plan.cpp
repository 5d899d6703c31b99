#include "weft/sim/io/replica_plan.h"

#include <algorithm>
#include <bit>

namespace weft {

ReplicaPlan::ReplicaPlan(const IoWorld& world, std::vector<double> room)
    : world_(&world), tiers_(world.tiers()), room_(std::move(room)) {
  const auto words = static_cast<size_t>((world.stream->steps() * world.scenario.batch + 63) / 64);
  marks_.resize(room_.size());
  for (size_t i = 0; i < room_.size(); ++i) {
    if (room_[i] > 0) marks_[i].resize(words);
  }
  farthest_.assign(room_.size(), -1);
}

int ReplicaPlan::take(int rank, int64_t access, double mb) {
  for (int tier = 0; tier < tiers_; ++tier) {
    std::vector<uint64_t>& marks = marks_[at(rank, tier)];
    if (marks.empty()) continue;
    uint64_t& word = marks[static_cast<size_t>(access / 64)];
    const uint64_t bit = uint64_t{1} << (access % 64);
    if ((word & bit) == 0) continue;
    word &= ~bit;
    room_[at(rank, tier)] += mb;
    return tier;
  }
  return -1;
}

double ReplicaPlan::mb_of(int rank, int64_t access) const {
  const int64_t batch = world_->scenario.batch;
  return world_->mb(world_->stream->sample(access / batch, rank * batch + access % batch));
}

int64_t ReplicaPlan::last_at_most(const std::vector<uint64_t>& marks, int64_t access) const {
  if (access < 0) return -1;
  auto word = static_cast<size_t>(access / 64);
  uint64_t bits = marks[word] & (~uint64_t{0} >> (63 - access % 64));
  while (bits == 0) {
    if (word == 0) return -1;
    bits = marks[--word];
  }
  return static_cast<int64_t>(word) * 64 + 63 - std::countl_zero(bits);
}

bool ReplicaPlan::make_room(int rank, int tier, int64_t next, double mb) {
  const size_t i = at(rank, tier);
  std::vector<uint64_t>& marks = marks_[i];
  if (marks.empty()) return false;
  double room = room_[i];
  victims_.clear();
  int64_t last = farthest_[i] = last_at_most(marks, farthest_[i]);
  while (room < mb) {
    if (last <= next) return false;
    victims_.push_back(last);
    room += mb_of(rank, last);
    last = last_at_most(marks, last - 1);
  }
  for (const int64_t victim : victims_) {
    marks[static_cast<size_t>(victim / 64)] &= ~(uint64_t{1} << (victim % 64));
  }
  room_[i] = room;
  return true;
}

int ReplicaPlan::keep(int rank, int64_t next, double mb) {
  for (int tier = 0; tier < tiers_; ++tier) {
    const size_t i = at(rank, tier);
    if (!make_room(rank, tier, next, mb)) continue;
    room_[i] -= mb;
    marks_[i][static_cast<size_t>(next / 64)] |= uint64_t{1} << (next % 64);
    farthest_[i] = std::max(farthest_[i], next);
    return tier;
  }
  return -1;
}

}  // namespace weft
