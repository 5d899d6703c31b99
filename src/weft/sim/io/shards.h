#pragma once
#include <vector>

#include "weft/sim/io/io_policy.h"

namespace weft {

/// A data set cut into runs of equal number, one a rank, of which each rank keeps what fits: the layout of
/// systems that stage data before training. Rank r has [F * r / N, F * (r + 1) / N).
class Shards {
 public:
  /// The first `tiers` tiers of each rank are used.
  Shards(const IoWorld& world, int tiers);

  struct Place {
    int rank = 0;
    int tier = -1;  ///< -1: not kept
  };
  Place find(int64_t sample) const;
  int64_t begin(int rank) const { return bounds_[at(rank, 0)]; }
  /// How many of a rank's shard, from its beginning, the rank keeps.
  int64_t kept(int rank) const { return bounds_[at(rank, tiers_)] - begin(rank); }
  double covered() const;
  /// All ranks read what they keep from the file system at once, and wait for the last.
  Preparation load() const;

 private:
  size_t at(int rank, int tier) const {
    return static_cast<size_t>(rank) * static_cast<size_t>(tiers_ + 1) + static_cast<size_t>(tier);
  }
  const IoWorld* world_;
  int tiers_;
  std::vector<int64_t> bounds_;  ///< [rank][tier]: its first sample; last: one beyond the last kept
  std::vector<double> mb_;       ///< [rank][tier]
};

}  // namespace weft
