#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "weft/data/load/peer_transport.h"
#include "weft/data/load/rate_limit.h"
#include "weft/data/load/record_fetch.h"

namespace weft {

/// Questions to peers and theirs, and how long each is waited for. Nothing blocks. The fetcher's thread alone
/// uses it; times are the caller's.
///
/// A question to a peer: waiting ─► answered, or given up: the peer is late. The answer to one that was given
/// up may still come, into memory that stays until then; the peer is not asked again before it does.
class PeerDialogue {
 public:
  /// What came of a question.
  struct Reply {
    enum class Kind : uint8_t {
      record,       ///< it is in the fetch's buffer
      other_bytes,  ///< so is something of its size whose checksum is not the one that the peer gave
      nothing,      ///< refused, or of another size
    };
    Kind kind = Kind::nothing;
    uint64_t checksum = 0;
    double prepared_ms = 0;  ///< that the peer waited for its own source
  };
  using Replied = std::function<void(const FetchPtr& fetch, const Reply& reply)>;
  using Late = std::function<void(const FetchPtr& fetch)>;

  /// `patience_ms` for an answer, beside the time of a reading; `network_budget`: bytes a second that are
  /// sent to peers; 0: no limit. The transport outlives this.
  PeerDialogue(PeerTransport& transport, double patience_ms, int64_t network_budget);

  /// Asks for the fetch's record, into its buffer. The peer may have to read it first: it has so much time
  /// more.
  void ask(const FetchPtr& fetch, int peer, double now_ms, double reading_ms);
  bool is_silent(int peer) const { return silent_.contains(peer); }

  /// Takes in what peers have asked. False: nothing.
  bool take_questions();
  /// The next one that is to be answered; none while the budget is spent.
  std::optional<PeerLink::Question> next_question(double now_ms);
  /// `buffer` keeps the bytes until they have left; null: something else does.
  void answer(const PeerLink::Question& question, std::span<const std::byte> bytes, uint64_t checksum,
              std::shared_ptr<RecordBuffer> buffer, double now_ms);
  void refuse(const PeerLink::Question& question) { transport_.refuse(question); }

  /// Tells `replied` of each answer to a question that is waited for. It may ask and answer others. False:
  /// nothing has come, nor left.
  bool collect(const Replied& replied);
  /// Gives up questions whose time is over, and tells `late` of each, whose fetch has no buffer any more.
  void give_up(double now_ms, const Late& late);

  /// No answer is on its way to a peer.
  bool has_sent_all() const { return sending_.empty(); }
  /// Collective, does not block: this rank asks nothing more, see PeerLink::leave().
  bool leave() { return transport_.waiting() == 0 && transport_.leave(); }

 private:
  struct Asked {
    enum class State : uint8_t { waiting, given_up };
    State state = State::waiting;
    int peer = 0;
    FetchPtr fetch;                        ///< null once it is given up
    std::shared_ptr<RecordBuffer> buffer;  ///< what is written to, once it is given up
  };

  PeerTransport& transport_;
  double patience_ms_;
  RateLimit budget_;
  std::deque<PeerLink::Question> unanswered_;                            ///< until the budget allows
  std::unordered_map<uint64_t, std::shared_ptr<RecordBuffer>> sending_;  ///< answers that have not left
  std::unordered_map<uint64_t, Asked> asked_;
  std::set<std::pair<double, uint64_t>> deadlines_;  ///< of asked_
  std::set<int> silent_;                             ///< peers late with an answer
};

}  // namespace weft
