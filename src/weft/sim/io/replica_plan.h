#pragma once
#include <cstdint>
#include <vector>

#include "weft/sim/io/io_world.h"

namespace weft {

/// Second copies in the room that homes leave over: the rule of data/load/replicas.h (Belady: what is used
/// farthest ahead gives way), on places in the stream instead of bytes in tiers. A copy is marked at the
/// access that will use it next, one bit an access and tier, so that millions need no tree.
class ReplicaPlan {
 public:
  /// `room`: MB that each tier of each rank may use, [rank][tier].
  ReplicaPlan(const IoWorld& world, std::vector<double> room);

  /// The tier that has a copy for this access of a rank, counted from the start of its run, or -1. The mark
  /// is taken away: say with keep() what becomes of the copy.
  int take(int rank, int64_t access, double mb);
  /// The rank has the sample in hand and reads it next at `next`: the tier that keeps it, or -1.
  int keep(int rank, int64_t next, double mb);

 private:
  size_t at(int rank, int tier) const {
    return static_cast<size_t>(rank) * static_cast<size_t>(tiers_) + static_cast<size_t>(tier);
  }
  bool make_room(int rank, int tier, int64_t next, double mb);
  int64_t last_at_most(const std::vector<uint64_t>& marks, int64_t access) const;
  double mb_of(int rank, int64_t access) const;

  const IoWorld* world_;
  int tiers_;
  std::vector<double> room_;
  std::vector<std::vector<uint64_t>> marks_;  ///< [rank][tier]: a bit an access
  std::vector<int64_t> farthest_;             ///< no mark lies beyond
  std::vector<int64_t> victims_;
};

}  // namespace weft
