#pragma once
#include <span>

#include "weft/machine/rate_table.h"

namespace weft {

/// What one rank asks of the file system while a step is fetched.
struct FileSystemDemand {
  double mb = 0;
  double begin_s = 0;    ///< the rank comes to the step at this time; ranks may be apart
  double least_s = 0;    ///< that the step's fetching takes even if the file system were infinitely fast
  double besides_s = 0;  ///< in which the rank does not read, because it computes between reads
  bool always = false;   ///< it reads all the time, for its tiers
};

/// gamma: how many ranks read at once, on average over a step. A rank that would be done before its time is
/// up reads for a part of that time only, and counts as that part; how long it reads depends on gamma, so
/// that the number is a fixed point, found by bisection: where t does not fall, there is only one. At least
/// 1: nobody who reads alone gets less than t(1).
double readers_at_once(const RateTable& file_system, std::span<const FileSystemDemand> demands);

/// The same until the last rank has what it needs of the step, had nobody more to read: one that has less to
/// read, or came earlier, counts as the part of that time in which it reads, and leaves the rest to others.
double readers_until_the_last(const RateTable& file_system, std::span<const FileSystemDemand> demands);

struct FileSystemShare {
  double even_mb_s = 0;    ///< t(gamma) / gamma by the first count: what a rank sees of it
  double reader_mb_s = 0;  ///< the most that one rank gets
  double all_mb_s = 0;     ///< the most that all of them get together
};

/// A rank that is done with a step before others may read for later steps, or have nothing to read: which, a
/// step does not tell. So a rank gets at most the better of t(gamma) / gamma by the two counts above, and all
/// ranks together what the file system gives to all. What one does not need is then left to the others.
FileSystemShare share_of(const RateTable& file_system, std::span<const FileSystemDemand> demands);

}  // namespace weft
