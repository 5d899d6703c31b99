#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "weft/comm/communicator.h"

namespace weft {

/// Records passed between ranks on request: a service that one background thread of each rank runs, beside
/// the collectives of the main thread. Nothing blocks. Needs CommSession::threads_may_communicate().
class PeerLink {
 public:
  /// Collective: all ranks of `comm`.
  explicit PeerLink(const Communicator& comm);
  /// Gives up what is under way; call leave() first.
  ~PeerLink();
  PeerLink(const PeerLink&) = delete;
  PeerLink& operator=(const PeerLink&) = delete;

  int rank() const;
  int size() const;

  /// Asks a peer for a record of `bytes` bytes (below 2 GiB). It is written to `into`, which must stay until
  /// collect() gives the answer with the id returned here.
  uint64_t ask(int peer, int64_t record, double patience_ms, std::byte* into, int64_t bytes);

  /// A peer's question. Every one must be answered or refused.
  struct Question {
    int peer = 0;
    int32_t tag = 0;
    int64_t record = 0;
    double patience_ms = 0;  ///< the asker has another way after this time
    std::chrono::steady_clock::time_point came;
  };
  /// Appends the questions that have come.
  void take_questions(std::vector<Question>& questions);
  /// The bytes must stay until collect() lists the id returned here as sent.
  uint64_t answer(const Question& question, std::span<const std::byte> bytes, uint64_t checksum);
  uint64_t refuse(const Question& question);

  struct Answer {
    uint64_t id = 0;               ///< of the question
    std::optional<int64_t> bytes;  ///< of the record, which lies where the question said; nothing: refused
    uint64_t checksum = 0;
    double prepared_ms = 0;  ///< that the peer had the question before it answered
  };
  /// Appends the answers that have come, and the ids of answers that have left.
  void collect(std::vector<Answer>& answers, std::vector<uint64_t>& sent);
  /// Asked and not yet answered.
  int64_t waiting() const;

  /// Collective, does not block: this rank asks nothing more. True once no rank does; until then it must go
  /// on answering. Call it again and again.
  bool leave();

  /// Bytes of records that this rank has sent.
  int64_t bytes_sent() const;

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace weft
