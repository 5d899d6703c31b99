#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "weft/data/load/record.h"

namespace weft {

/// What loading has done so far.
struct LoadStats {
  struct Traffic {
    int64_t records = 0;
    int64_t bytes = 0;
    double ms = 0;  ///< from asking to having, added up over the records
  };
  std::array<Traffic, kOrigins> from{};  ///< by Origin, for this rank's own rows
  Traffic served;                        ///< to peers
  Traffic read_for_peers;                ///< from the source, because this rank is the home
  int64_t corrupt = 0;                   ///< copies whose checksum was wrong (the source was read instead)
  int64_t late_peers = 0;                ///< questions given up (the source was read instead)
  int64_t bad_samples = 0;
  double stall_ms = 0;   ///< that the consumer waited
  double decode_ms = 0;  ///< of all workers together
};

/// The same, written by the fetcher and read by anybody.
class LoadCounters {
 public:
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock(mutex_);
    change(stats_);
  }
  LoadStats snapshot() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  mutable std::mutex mutex_;
  LoadStats stats_;
};

}  // namespace weft
