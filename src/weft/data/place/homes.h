#pragma once
// Who keeps which sample.
#include <cstdint>
#include <span>
#include <vector>

#include "weft/data/stream/access_stream.h"

namespace weft {

/// Where a sample's copy lives for the whole run.
struct Home {
  int rank = -1;  ///< -1: nowhere; it comes from the source every time
  int tier = 0;
  bool operator==(const Home&) const = default;
};

struct HomesOptions {
  /// Bytes of each sample's record; one element: all are of that size.
  std::span<const int64_t> record_bytes;
  /// Bytes that each rank's tiers hold, fastest first: capacity[rank][tier]. All ranks have equally many
  /// tiers.
  std::vector<std::vector<int64_t>> capacity;
  /// The first epochs, whose accesses are weighed, at most; more change little and cost time in proportion.
  int64_t horizon = 16;
};

/// One home for each sample, agreed on without a message: every rank computes the same from the same stream.
///
/// NoPFS (Dryden et al., SC'21, section 5) lets each rank cache what it reads most itself, so that some
/// samples are cached several times and others nowhere. Here each sample gets one home before any gets a
/// second copy: the rank that reads it most often within the horizon (of several, the one that reads it
/// first, which then need not be sent it, or the next of them where that rank has more to read from the
/// source in the first epoch: see balance_first_reads.h), or where that rank is full, another with room.
/// Samples that are read most often come first, where the tiers do not hold all. The same wherever in the
/// stream a run begins, so that one that goes on finds its copies at home. Time O(samples * horizon), memory
/// O(samples).
class Homes {
 public:
  Homes(const AccessStream& stream, const HomesOptions& options);

  Home home(int64_t sample) const {
    const int32_t code = homes_[static_cast<size_t>(sample)];
    return code < 0 ? Home{} : Home{code / tiers_, code % tiers_};
  }
  /// Samples that have a home.
  int64_t covered() const { return covered_; }
  /// Bytes placed in a tier of a rank.
  int64_t used(int rank, int tier) const {
    return used_[static_cast<size_t>(rank) * static_cast<size_t>(tiers_) + static_cast<size_t>(tier)];
  }

 private:
  int tiers_;
  std::vector<int32_t> homes_;  ///< rank * tiers + tier; -1: none
  std::vector<int64_t> used_;
  int64_t covered_ = 0;
};

}  // namespace weft
