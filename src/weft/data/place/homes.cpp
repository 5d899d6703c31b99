#include "weft/data/place/homes.h"

#include <algorithm>
#include <queue>

#include "weft/base/check.h"
#include "weft/data/place/balance_first_reads.h"
#include "weft/data/place/usage.h"

namespace weft {

namespace {

/// Room that is left, by rank and tier.
class Room {
 public:
  explicit Room(const std::vector<std::vector<int64_t>>& capacity)
      : tiers_(static_cast<int>(capacity.front().size())) {
    for (size_t rank = 0; rank < capacity.size(); ++rank) {
      WEFT_CHECK(std::ssize(capacity[rank]) == tiers_, "rank {} has {} tiers, and rank 0 has {}", rank,
                 capacity[rank].size(), tiers_);
      int64_t total = 0;
      for (const int64_t bytes : capacity[rank]) {
        free_.push_back(bytes);
        total += bytes;
      }
      emptiest_.emplace(total, static_cast<int>(rank));
    }
  }

  int tiers() const { return tiers_; }

  /// Takes `bytes` in the fastest tier of the rank that has them; rank * tiers + tier, or -1.
  int32_t take(int rank, int64_t bytes) {
    for (int tier = 0; tier < tiers_; ++tier) {
      int64_t& free =
          free_[static_cast<size_t>(rank) * static_cast<size_t>(tiers_) + static_cast<size_t>(tier)];
      if (free < bytes) continue;
      free -= bytes;
      return rank * tiers_ + tier;
    }
    return -1;
  }

  /// The same with the rank that has the most room.
  int32_t take_anywhere(int64_t bytes) {
    while (!emptiest_.empty()) {
      const auto [believed, rank] = emptiest_.top();
      emptiest_.pop();
      const int64_t total = free_of(rank);
      if (total < believed) {  // it was given more since: to its place in the queue
        if (total > 0) emptiest_.emplace(total, rank);
        continue;
      }
      const int32_t home = take(rank, bytes);
      if (free_of(rank) > 0) emptiest_.emplace(free_of(rank), rank);
      return home;
    }
    return -1;
  }

 private:
  int64_t free_of(int rank) const {
    int64_t total = 0;
    for (int tier = 0; tier < tiers_; ++tier)
      total += free_[static_cast<size_t>(rank) * static_cast<size_t>(tiers_) + static_cast<size_t>(tier)];
    return total;
  }

  int tiers_;
  std::vector<int64_t> free_;
  std::priority_queue<std::pair<int64_t, int>> emptiest_;
};

/// Samples that are read, those that save most first; of equals, in order of their numbers.
std::vector<int64_t> by_saving(const std::vector<Usage>& usage) {
  constexpr size_t kKeys = 1 << 16;
  // Uses by anyone save a read of the slow source; uses by the home itself save a message besides.
  const auto key = [](const Usage& u) {
    return std::min<size_t>(kKeys - 1, size_t{u.uses} * 64 + u.best_uses);
  };
  std::vector<int64_t> begin(kKeys + 1, 0);
  int64_t read = 0;
  for (const Usage& u : usage) {
    if (u.uses == 0) continue;
    ++begin[kKeys - 1 - key(u) + 1];
    ++read;
  }
  for (size_t i = 1; i <= kKeys; ++i) begin[i] += begin[i - 1];
  std::vector<int64_t> order(static_cast<size_t>(read));
  for (size_t sample = 0; sample < usage.size(); ++sample) {
    if (usage[sample].uses == 0) continue;
    order[static_cast<size_t>(begin[kKeys - 1 - key(usage[sample])]++)] = static_cast<int64_t>(sample);
  }
  return order;
}

}  // namespace

Homes::Homes(const AccessStream& stream, const HomesOptions& options)
    : homes_(static_cast<size_t>(stream.samples()), -1) {
  WEFT_CHECK(std::ssize(options.capacity) == stream.ranks(), "capacities of {} ranks for a stream of {}",
             options.capacity.size(), stream.ranks());
  const int64_t epochs = std::max<int64_t>(0, std::min(options.horizon, stream.epochs()));
  std::vector<Usage> usage = usage_of(stream, 0, epochs);
  if (epochs > 0) balance_first_reads(stream, 0, options.record_bytes, usage);
  Room room(options.capacity);
  tiers_ = room.tiers();
  used_.resize(static_cast<size_t>(stream.ranks()) * static_cast<size_t>(tiers_));
  for (const int64_t sample : by_saving(usage)) {
    const int64_t bytes =
        options.record_bytes[options.record_bytes.size() == 1 ? 0 : static_cast<size_t>(sample)];
    int32_t home = room.take(usage[static_cast<size_t>(sample)].best_rank, bytes);
    if (home < 0 && !stream.repeats()) {
      for (const int rank : readers_of(stream, sample, 0, epochs)) {
        if ((home = room.take(rank, bytes)) >= 0) break;
      }
    }
    if (home < 0) home = room.take_anywhere(bytes);
    if (home < 0) continue;
    homes_[static_cast<size_t>(sample)] = home;
    used_[static_cast<size_t>(home)] += bytes;
    ++covered_;
  }
}

}  // namespace weft
