#include "weft/sim/io/contention.h"

#include <algorithm>
#include <cmath>

namespace weft {

double readers_at_once(const RateTable& file_system, std::span<const FileSystemDemand> demands) {
  constexpr int kRounds = 12;
  constexpr double kClose = 1e-3;
  double readers = 0;
  for (const FileSystemDemand& demand : demands) readers += demand.always || demand.mb > 0 ? 1 : 0;
  readers = std::max(1.0, readers);
  for (int round = 0; round < kRounds; ++round) {
    const double rate = file_system.at(readers) / readers;
    double next = 0;
    for (const FileSystemDemand& demand : demands) {
      const double busy = demand.mb / rate;
      next += demand.always ? 1 : busy > 0 ? busy / std::max(busy, demand.least_s) : 0;
    }
    next = std::max(1.0, next);
    const bool close = std::abs(next - readers) < kClose * readers;
    readers = next;
    if (close) break;
  }
  return readers;
}

}  // namespace weft
