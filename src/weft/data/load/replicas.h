#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "weft/data/tier/tier.h"

namespace weft {

/// Second copies, in the room that homes leave over: those that this rank reads soonest. A copy whose next
/// use is farthest ahead gives way to one that is used sooner (Belady, "A Study of Replacement Algorithms",
/// 1966; here the future is known).
class Replicas {
 public:
  /// `room`: bytes of each tier that no home needs.
  Replicas(std::vector<Tier*> tiers, std::vector<int64_t> room);
  /// A record was used and is used next at `next_step` (nothing: never again): keeps, drops or replaces
  /// copies.
  void used(RecordId record, std::span<const std::byte> bytes, uint64_t checksum,
            std::optional<int64_t> next_step);
  /// A record that the tier holds from an earlier loader and that is at home elsewhere: a copy like others
  /// from here on, or dropped.
  void adopt(size_t tier, RecordId record, std::optional<int64_t> next_step);
  /// Drops the copy, if there is one.
  void forget(RecordId record);
  int64_t count() const { return static_cast<int64_t>(kept_.size()); }

 private:
  struct Kept {
    size_t tier = 0;
    int64_t bytes = 0;
    int64_t next_step = 0;
  };
  void add(size_t tier, RecordId record, int64_t bytes, int64_t next_step);
  bool make_room(size_t tier, int64_t bytes, int64_t next_step);

  std::vector<Tier*> tiers_;
  std::vector<int64_t> room_;
  std::vector<std::set<std::pair<int64_t, RecordId>>> by_next_use_;  ///< of each tier
  std::unordered_map<RecordId, Kept> kept_;
};

}  // namespace weft
