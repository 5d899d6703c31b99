#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "weft/data/batch/origin.h"

namespace weft {

/// A record on its way to a row of this rank, or to a peer.
struct FetchEvent {
  Origin origin = Origin::memory;
  int64_t sample = 0;
  int64_t bytes = 0;
  std::chrono::steady_clock::time_point start;
  std::chrono::steady_clock::time_point end;
};

/// What a tier holds.
struct TierUse {
  std::string name;
  int64_t used = 0;      ///< bytes
  int64_t capacity = 0;  ///< bytes; falls when a disk is full or gone
};

/// What loading has done so far.
struct LoadStats {
  struct Traffic {
    int64_t records = 0;
    int64_t bytes = 0;
    double ms = 0;  ///< from asking to having, added up over the records

    void add(const Traffic& more) {
      records += more.records;
      bytes += more.bytes;
      ms += more.ms;
    }
  };
  std::array<Traffic, kOrigins> from{};  ///< by Origin, for this rank's own rows
  Traffic served;                        ///< to peers
  Traffic read_for_peers;                ///< from the source, because this rank is the home
  int64_t corrupt = 0;                   ///< copies whose checksum was wrong (the source was read instead)
  int64_t late_peers = 0;                ///< questions given up (the source was read instead)
  int64_t bad_samples = 0;
  double stall_ms = 0;   ///< that the consumer waited
  double decode_ms = 0;  ///< of all workers together
  std::vector<TierUse> tiers;

  /// What was done afterwards. Tiers are as full as they are then.
  void add(const LoadStats& later) {
    for (size_t i = 0; i < kOrigins; ++i) from[i].add(later.from[i]);
    served.add(later.served);
    read_for_peers.add(later.read_for_peers);
    corrupt += later.corrupt;
    late_peers += later.late_peers;
    bad_samples += later.bad_samples;
    stall_ms += later.stall_ms;
    decode_ms += later.decode_ms;
    if (!later.tiers.empty()) tiers = later.tiers;
  }
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

  /// From here on fetches are remembered, at most so many until they are taken; later ones are lost.
  void remember(size_t capacity) {
    const std::lock_guard lock(mutex_);
    capacity_ = capacity;
    events_.reserve(capacity);
  }
  void add(const FetchEvent& event) {
    const std::lock_guard lock(mutex_);
    if (events_.size() < capacity_) events_.push_back(event);
  }
  std::vector<FetchEvent> take() {
    std::vector<FetchEvent> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(events_);
    return taken;
  }

 private:
  mutable std::mutex mutex_;
  LoadStats stats_;
  size_t capacity_ = 0;
  std::vector<FetchEvent> events_;
};

}  // namespace weft
