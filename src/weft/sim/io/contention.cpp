#include "weft/sim/io/contention.h"

#include <algorithm>
#include <cmath>

namespace weft {

namespace {

double readers_if(const RateTable& file_system, std::span<const FileSystemDemand> demands, double readers) {
  const double s_per_mb = readers / file_system.at(readers);
  double sum = 0;
  for (const FileSystemDemand& demand : demands) {
    const double busy_s = demand.mb * s_per_mb;
    if (demand.always) {
      sum += 1;
    } else if (busy_s > 0) {
      sum += busy_s / (std::max(busy_s, demand.least_s) + demand.besides_s);
    }
  }
  return sum;
}

}  // namespace

double readers_at_once(const RateTable& file_system, std::span<const FileSystemDemand> demands) {
  constexpr double kClose = 1e-9;
  double least = 1;
  double most = 0;
  for (const FileSystemDemand& demand : demands) most += demand.always || demand.mb > 0 ? 1 : 0;
  if (most <= 1 || readers_if(file_system, demands, most) >= most) return std::max(1.0, most);
  while (most > least * (1 + kClose)) {
    const double middle = std::sqrt(least * most);
    (readers_if(file_system, demands, middle) >= middle ? least : most) = middle;
  }
  return most;
}

}  // namespace weft
