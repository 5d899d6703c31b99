#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "weft/comm/peer_link.h"
#include "weft/data/batch/origin.h"
#include "weft/data/load/decode_pool.h"
#include "weft/data/load/record.h"
#include "weft/data/tier/tier.h"

namespace weft {

/// A record under way, and everybody who waits for it. The fetcher's thread alone uses it.
///
///   begun           ─► reading_tier, asking_peer or reading_source
///   reading_tier    ─► here; or begun: the copy is bad, and another origin is chosen
///   asking_peer     ─► here; or reading_source: the peer refuses, is late, or sends other bytes
///   reading_source  ─► here; reading_source: once more; or failed
class RecordFetch {
 public:
  enum class State : uint8_t { begun, reading_tier, asking_peer, reading_source, here, failed };

  RecordFetch(int64_t of_sample, RecordId of_record, double now_ms)
      : sample(of_sample), record(of_record), started_ms(now_ms) {}

  State state() const { return state_; }
  /// InternalError where the picture above has no such arrow.
  void enter(State next);
  /// Where the record comes from, or has come from: not of one that is only begun.
  Origin origin() const;

  const int64_t sample;
  const RecordId record;
  const double started_ms;
  int64_t bytes = 0;
  int attempts = 0;                      ///< at the source
  int64_t under_way = 1;                 ///< requests of its origin when it began there, with this one
  double prepared_ms = 0;                ///< of the time it took, what the peer waited for its own source
  uint64_t expected_checksum = 0;        ///< of the copy that is read from a tier
  std::shared_ptr<RecordBuffer> buffer;  ///< shared with workers, tiers and messages that use it
  std::vector<DecodePool::Row> rows;     ///< of this rank
  std::vector<PeerLink::Question> questions;  ///< of peers

  /// What RecordReads has still to hear of this one.
  struct Reading {
    int64_t requests_left = 0;
    int64_t bytes_left = 0;
    int error = 0;  ///< errno of a request that failed; 0: none did
  };
  Reading reading;

 private:
  State state_ = State::begun;
  Origin origin_ = Origin::source;
};

/// Shared by the tables of those who have something to do for it.
using FetchPtr = std::shared_ptr<RecordFetch>;

}  // namespace weft
