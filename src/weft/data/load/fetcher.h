#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "weft/data/load/batch_ring.h"
#include "weft/data/load/decode_pool.h"
#include "weft/data/load/record_broker.h"

namespace weft {

/// The thread that a RecordBroker works on, and the letter box of those who tell it something. Records go to
/// the decode pool.
///
///   fetching ─► leaving: stop() was called
///   leaving ─► ended: no peer needs this rank any more, or it has waited long enough
class Fetcher {
 public:
  Fetcher(FetchWorld world, FetchOptions options);
  /// Ends the thread; waits a bounded time for peers that still need this rank.
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Begins to fetch into this pool, which outlives the fetcher's thread: call stop() before it goes. The
  /// thread that made the fetcher, as stop().
  void start(DecodePool& pool, BatchRing& ring);
  void stop();
  /// The trainer has released this step. Any thread.
  void released(int64_t step);
  /// A worker could not use a sample: takes the row over (DecodePool::OnBroken). Any thread.
  bool broken(const DecodePool::Row& row, const std::string& why);
  /// Sentences about tiers that broke since the last call. Any thread.
  std::vector<std::string> troubles();

 private:
  enum class Phase : uint8_t { fetching, leaving, ended };
  struct BrokenRow {
    DecodePool::Row row;
    std::string why;
  };

  // The fetcher's thread.
  void run();
  RecordBroker::Did work();
  Phase phase_after(Phase phase);
  void rest();
  // Any thread.
  void wake();

  const BadSamples& bad_;
  bool has_peers_;
  DecodePool* pool_ = nullptr;
  BatchRing* ring_ = nullptr;
  RecordBroker broker_;
  double leave_by_ms_ = 0;  ///< once it is leaving

  std::atomic<bool> stop_asked_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<BrokenRow> broken_;       ///< under mutex_
  std::vector<std::string> troubles_;  ///< likewise
  bool woken_ = false;                 ///< likewise
  std::thread thread_;
};

}  // namespace weft
