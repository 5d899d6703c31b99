#pragma once
#include <chrono>
#include <vector>

#include "weft/data/batch/load_stats.h"
#include "weft/data/load/record_fetch.h"
#include "weft/data/tier/tier.h"

namespace weft {

/// Writes down what fetching does. Where a method says so, any thread may call it; else the fetcher's alone,
/// because tiers are asked.
class FetchLedger {
 public:
  /// Both outlive this.
  FetchLedger(LoadCounters& counters, std::vector<const Tier*> tiers);

  /// Rows of this rank found so many records, of so many bytes together, in memory.
  void found_in_memory(int64_t records, int64_t bytes);
  /// A record has come, for rows of this rank or for peers, `ms` after it was asked for.
  void came(const RecordFetch& fetch, double ms, std::chrono::steady_clock::time_point now);
  // Any thread, from here on.
  void served(int64_t bytes);
  void bad_copy();
  void late_peer();
  void bad_sample();

 private:
  void count_tiers(LoadStats& stats) const;

  LoadCounters& counters_;
  std::vector<const Tier*> tiers_;
};

}  // namespace weft
