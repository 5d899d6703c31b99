#include "weft/sim/io/contention.h"

#include <algorithm>
#include <cmath>

namespace weft {

namespace {

using Demands = std::span<const FileSystemDemand>;

/// Readers on average, where a rank needs `s_per_mb`; each in a time of its own.
double readers_apart(Demands demands, double s_per_mb) {
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

/// The same until the last of them is done.
double readers_together(Demands demands, double s_per_mb) {
  double end = demands.front().begin_s;
  for (const FileSystemDemand& demand : demands) {
    const double fetching_s = std::max(demand.mb * s_per_mb, demand.least_s);
    end = std::max(end, demand.begin_s + fetching_s + demand.besides_s);
  }
  double sum = 0;
  for (const FileSystemDemand& demand : demands) {
    if (demand.always) {
      sum += 1;
    } else if (demand.mb > 0) {
      sum += demand.mb * s_per_mb / (end - demand.begin_s);
    }
  }
  return sum;
}

using ReadersIf = double (*)(Demands demands, double s_per_mb);

double fixed_point(const RateTable& file_system, Demands demands, ReadersIf readers_if) {
  constexpr double kClose = 1e-9;
  const auto too_few = [&](double readers) {
    return readers_if(demands, readers / file_system.at(readers)) >= readers;
  };
  double least = 1;
  double most = 0;
  for (const FileSystemDemand& demand : demands) most += demand.always || demand.mb > 0 ? 1 : 0;
  if (most <= 1 || too_few(most)) return std::max(1.0, most);
  while (most > least * (1 + kClose)) {
    const double middle = std::sqrt(least * most);
    (too_few(middle) ? least : most) = middle;
  }
  return most;
}

}  // namespace

double readers_at_once(const RateTable& file_system, Demands demands) {
  return fixed_point(file_system, demands, readers_apart);
}

double readers_until_the_last(const RateTable& file_system, Demands demands) {
  return fixed_point(file_system, demands, readers_together);
}

FileSystemShare share_of(const RateTable& file_system, Demands demands) {
  const double apart = readers_at_once(file_system, demands);
  const double together = readers_until_the_last(file_system, demands);
  FileSystemShare share;
  share.even_mb_s = file_system.at(apart) / apart;
  share.reader_mb_s = std::max(share.even_mb_s, file_system.at(together) / together);
  share.all_mb_s = std::max(
      {file_system.at(apart), file_system.at(together), file_system.at(static_cast<double>(demands.size()))});
  return share;
}

}  // namespace weft
