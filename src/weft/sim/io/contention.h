#pragma once
#include <span>

#include "weft/sim/io/rate_table.h"

namespace weft {

/// What one rank asks of the file system while a step is fetched.
struct FileSystemDemand {
  double mb = 0;
  double least_s = 0;    ///< that the step's fetching takes even if the file system were infinitely fast
  double besides_s = 0;  ///< in which the rank does not read, because it computes between reads
  bool always = false;   ///< it reads all the time, for its tiers
};

/// gamma: how many ranks read at once, on average over a step. A rank that would be done before its time is
/// up reads for a part of that time only, and counts as that part; how long it reads depends on gamma, so
/// that the number is a fixed point, found by bisection: where t does not fall, there is only one. At least
/// 1: nobody who reads alone gets less than t(1).
double readers_at_once(const RateTable& file_system, std::span<const FileSystemDemand> demands);

}  // namespace weft
