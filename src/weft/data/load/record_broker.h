#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "weft/data/load/bad_samples.h"
#include "weft/data/load/fetch_ledger.h"
#include "weft/data/load/kept_copies.h"
#include "weft/data/load/origin_choice.h"
#include "weft/data/load/peer_dialogue.h"
#include "weft/data/load/record_reads.h"
#include "weft/data/load/row_cursor.h"
#include "weft/data/verify/known_checksums.h"

namespace weft {

/// What a fetcher works on; all of it outlives the fetcher.
struct FetchWorld {
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  const AccessStream* stream = nullptr;
  const Source* source = nullptr;
  const Homes* homes = nullptr;    ///< null: nothing is kept
  std::vector<Tier*> tiers;        ///< of this rank, fastest first, as the homes count them
  PeerTransport* peers = nullptr;  ///< null: there are none
  AsyncReader* reader = nullptr;
  BadSamples* bad = nullptr;
  LoadCounters* counters = nullptr;
  const KnownChecksums* known = nullptr;  ///< null: what the source gives is believed
  Clock clock = std::chrono::steady_clock::now;
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

/// Brings records for this rank's rows, in their order and ahead of the trainer: from this rank's tiers, from
/// the home of the record, or from the source, whichever is fastest. It keeps copies where the homes want
/// them, and answers the peers. A RecordFetch is what is under way. It waits for nothing but reads, for half
/// a millisecond or two, and has no thread: one calls work() again and again, the fetcher's, which alone
/// calls what does not say otherwise.
class RecordBroker {
 public:
  /// Takes a row whose record is here, or that stays empty.
  using Deliver = std::function<void(DecodePool::Row row)>;
  enum class Round : uint8_t {
    everything,
    no_new_rows,  ///< what is under way ends, and peers are answered
  };
  enum class Did : uint8_t { something, nothing };

  RecordBroker(FetchWorld world, FetchOptions options, Deliver deliver);

  /// The trainer has released this step. Its thread alone.
  void released(int64_t step);
  /// Nothing that is under way is of use to anybody any more: what has been read is not looked at. Any
  /// thread.
  void abandon() { is_abandoned_ = true; }
  /// One round: begins what is due, and takes what has ended. What it throws ends the loading.
  Did work(Round round);
  /// Another sample takes the place of this row's, which cannot be used: `why`, thrown where there is no
  /// other.
  void replace(DecodePool::Row row, const std::string& why);
  /// A sample cannot be used. Any thread. Throws what BadSamples::add() throws.
  void call_bad(int64_t sample, const std::string& why);

  /// All rows have been delivered.
  bool has_finished() const { return cursor_.is_at_end() && under_way_.empty(); }
  /// Nobody touches this rank's memory: no read, and no answer to a peer, is under way.
  bool is_quiet() const { return reads_.is_idle() && (!dialogue_ || dialogue_->has_sent_all()); }
  bool is_reading() const { return !reads_.is_idle(); }
  /// Collective, does not block: this rank asks its peers nothing more. True once no rank does.
  bool leave() { return !dialogue_ || dialogue_->leave(); }
  double now_ms() const;
  /// Sentences about tiers that broke since the last call.
  std::vector<std::string> take_troubles();

 private:
  static constexpr int64_t kUrgentSteps = 1;  ///< after the one that the trainer waits for

  bool issue();
  bool may_issue() const;
  void want(DecodePool::Row row);
  bool take_from_memory(DecodePool::Row& row, RecordId record);
  FetchPtr begin(RecordId record);
  void choose_origin(const FetchPtr& fetch);
  OriginChoice::Need need_of(const RecordFetch& fetch) const;
  void read_tier(const FetchPtr& fetch, const Tier::Stored& stored);
  void ask_peer(const FetchPtr& fetch, int peer);
  void read_source(const FetchPtr& fetch);
  bool collect_reads();
  void tier_was_read(const FetchPtr& fetch, const ReadEnd& end);
  void source_was_read(const FetchPtr& fetch, ReadEnd end);
  bool is_as_known(const RecordFetch& fetch, uint64_t checksum) const;
  bool talk();
  void answer(const PeerLink::Question& question);
  void send(const PeerLink::Question& question, std::span<const std::byte> bytes, uint64_t checksum,
            std::shared_ptr<RecordBuffer> buffer);
  void replied(const FetchPtr& fetch, const PeerDialogue::Reply& reply);
  void is_late(const FetchPtr& fetch);
  void arrived(const FetchPtr& fetch, uint64_t checksum);
  void note(const RecordFetch& fetch);
  void failed(const FetchPtr& fetch, const std::string& why);
  void drop_bad_copy(RecordId record);
  std::shared_ptr<RecordBuffer> new_buffer(int64_t bytes) {
    return std::make_shared<RecordBuffer>(bytes, memory_);
  }
  void locate(RecordId record);

  FetchWorld world_;
  FetchOptions options_;
  Deliver deliver_;
  RecordMemory memory_;  ///< before everything that holds records
  FetchLedger ledger_;
  KeptCopies copies_;
  OriginChoice choice_;
  RecordReads reads_;
  std::optional<PeerDialogue> dialogue_;

  std::atomic<bool> is_abandoned_{false};
  std::atomic<int64_t> consumer_step_;
  RowCursor cursor_;
  std::unordered_map<RecordId, FetchPtr> under_way_;
  std::vector<Extent> extents_;  ///< of the record that is looked at
  std::vector<std::string> troubles_;
};

}  // namespace weft
