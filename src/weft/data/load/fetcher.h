#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "weft/comm/peer_link.h"
#include "weft/data/batch/load_stats.h"
#include "weft/data/load/bad_samples.h"
#include "weft/data/load/decode_pool.h"
#include "weft/data/load/expected_speeds.h"
#include "weft/data/load/rate_limit.h"
#include "weft/data/load/replicas.h"
#include "weft/data/load/sample_parts.h"
#include "weft/data/load/source_speed.h"
#include "weft/data/place/homes.h"
#include "weft/data/read/async_reader.h"
#include "weft/data/source/source.h"
#include "weft/data/stream/access_stream.h"
#include "weft/data/tier/tier.h"
#include "weft/data/verify/known_checksums.h"

namespace weft {

/// What a fetcher works on; all of it outlives the fetcher.
struct FetchWorld {
  const AccessStream* stream = nullptr;
  const Source* source = nullptr;
  const Homes* homes = nullptr;  ///< null: nothing is kept
  std::vector<Tier*> tiers;      ///< of this rank, fastest first, as the placement counts them
  PeerLink* link = nullptr;      ///< null: no peers
  AsyncReader* reader = nullptr;
  BadSamples* bad = nullptr;
  LoadCounters* counters = nullptr;
  const KnownChecksums* known = nullptr;  ///< null: what the source gives is believed
};

struct FetchOptions {
  int rank = 0;       ///< of the stream's ranks; its number in the link is rank * group + member
  SampleParts parts;  ///< what the ranks that take the same rows read
  uint64_t seed = 0;
  int64_t first_step = 0;
  int64_t end_step = 0;
  int64_t lookahead = 16;            ///< steps that are fetched before the trainer asks for them
  int64_t budget_bytes = 256 << 20;  ///< of records on their way
  int64_t requests = 256;            ///< under way at once
  double patience_ms = 5000;         ///< for a peer's answer
  int64_t network_budget = 0;        ///< bytes a second sent to peers; 0: no limit
  bool peers_first = false;          ///< a peer's copy is taken however slow it seems
  Machine machine;                   ///< how fast origins are before the first record: see ExpectedSpeeds
};

/// The thread that brings records: from this rank's tiers, from the home of the record, or from the source,
/// whichever is fastest; it keeps copies where the placement wants them, and serves the peers. Records go to
/// the decode pool.
class Fetcher {
 public:
  Fetcher(FetchWorld world, FetchOptions options);
  /// Ends the thread; waits a bounded time for peers that still need this rank.
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  /// Begins to fetch into this pool, which outlives the fetcher's thread: call stop() before it goes.
  void start(DecodePool& pool, BatchRing& ring);
  void stop();
  /// The trainer has released this step.
  void released(int64_t step);
  /// A worker could not use a sample: takes the row over (DecodePool::OnBroken). Any thread.
  bool broken(const DecodePool::Row& row, const std::string& why);
  /// Sentences about tiers that broke since the last call. Any thread.
  std::vector<std::string> troubles();

 private:
  /// A record under way, and everybody who waits for it.
  struct Fetch {
    int64_t sample = 0;
    RecordId record = 0;
    int64_t bytes = 0;
    Origin origin = Origin::source;
    int attempts = 0;
    int64_t extents_left = 0;
    int64_t bytes_left = 0;
    int error = 0;
    double started_ms = 0;
    double prepared_ms = 0;  ///< of it, what the peer waited for its own source
    int64_t under_way = 1;   ///< requests of its origin when it began
    int peer = -1;           ///< that was asked
    uint64_t link_id = 0;
    uint64_t expected_checksum = 0;
    std::shared_ptr<RecordBuffer> buffer;
    std::vector<DecodePool::Row> rows;
    std::vector<PeerLink::Question> questions;
  };
  static constexpr int64_t kUrgentSteps = 1;  ///< after the one that the trainer waits for
  static constexpr int64_t kEpochsAhead =
      4;  ///< in which a second copy must be used again to be worth its room
  using FetchPtr = std::shared_ptr<Fetch>;  ///< shared by the maps below

  void adopt_copies();
  void run();
  bool work();
  bool may_leave();
  void rest();
  bool issue();
  bool may_issue() const;
  void want(DecodePool::Row row);
  bool take_from_tiers(DecodePool::Row& row, RecordId record);
  Fetch& begin(RecordId record);
  void choose_origin(Fetch& fetch, const FetchPtr& pointer);
  bool peer_is_best(const Fetch& fetch) const;
  void read_source(const FetchPtr& fetch);
  void read_disk(const FetchPtr& fetch, const Tier::Stored& stored);
  void ask_peer(const FetchPtr& fetch, int peer);
  bool collect_reads();
  void read_ended(const FetchPtr& fetch);
  bool is_as_known(const Fetch& fetch, uint64_t checksum) const;
  bool collect_peers();
  void answer(const PeerLink::Question& question);
  void give_up_late_peers();
  void arrived(const FetchPtr& fetch, uint64_t checksum);
  void keep(const Fetch& fetch, uint64_t checksum);
  void note(const Fetch& fetch);
  void count(Origin origin, int64_t records, int64_t bytes, double ms);
  void count_tiers(LoadStats& stats) const;
  void drop_corrupt(RecordId record);
  void failed(const FetchPtr& fetch, const std::string& why);
  bool take_broken_rows();
  void replace_row(DecodePool::Row row, const std::string& why);
  void send(const PeerLink::Question& question, std::span<const std::byte> bytes, uint64_t checksum,
            std::shared_ptr<RecordBuffer> buffer);
  bool finished() const;
  void locate(RecordId record);
  int home_of(RecordId record) const;
  bool is_home(RecordId record) const {
    return home_of(record) == options_.rank * options_.parts.group() + options_.parts.member();
  }
  double now_ms() const;

  FetchWorld world_;
  FetchOptions options_;
  DecodePool* pool_ = nullptr;
  BatchRing* ring_ = nullptr;
  Replicas replicas_;
  RateLimit budget_;                           ///< of the network
  std::deque<PeerLink::Question> unanswered_;  ///< until the budget allows

  RecordMemory memory_;  ///< before everything that holds records

  int64_t next_step_ = 0;
  int64_t next_row_ = 0;
  std::unordered_map<RecordId, FetchPtr> under_way_;
  std::unordered_map<uint64_t, FetchPtr> reads_;                         ///< by ReadTask::id
  std::unordered_map<uint64_t, FetchPtr> asked_;                         ///< by PeerLink id
  std::unordered_map<uint64_t, std::shared_ptr<RecordBuffer>> sending_;  ///< answers that have not left
  std::set<std::pair<double, uint64_t>> deadlines_;                      ///< of asked_
  std::set<int> silent_;                                                 ///< peers late with an answer
  uint64_t next_read_ = 1;
  std::array<SourceSpeed, kOrigins> speeds_;
  std::array<int64_t, kOrigins> requests_{};  ///< under way, by origin
  std::vector<Extent> extents_;
  std::vector<int> open_files_;  ///< of sources with few files; empty: files are opened for each read
  std::vector<ReadResult> read_results_;

  std::atomic<int64_t> consumer_step_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<DecodePool::Row, std::string>> broken_;  ///< under mutex_
  std::vector<std::string> troubles_;                           ///< likewise
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace weft
