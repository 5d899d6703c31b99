#pragma once
// What carries questions and answers between ranks, for the fetcher: MPI, or a test's letters.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/comm/peer_link.h"

namespace weft {

/// As PeerLink, whose words say what each method means. Used by one thread, the fetcher's.
class PeerTransport {
 public:
  virtual ~PeerTransport() = default;
  virtual uint64_t ask(int peer, int64_t record, double patience_ms, std::byte* into, int64_t bytes) = 0;
  virtual void take_questions(std::vector<PeerLink::Question>& questions) = 0;
  virtual uint64_t answer(const PeerLink::Question& question, std::span<const std::byte> bytes,
                          uint64_t checksum) = 0;
  virtual void refuse(const PeerLink::Question& question) = 0;
  virtual void collect(std::vector<PeerLink::Answer>& answers, std::vector<uint64_t>& sent) = 0;
  virtual int64_t waiting() const = 0;
  virtual bool leave() = 0;
};

/// Over MPI. `link` outlives this.
class PeerLinkTransport final : public PeerTransport {
 public:
  explicit PeerLinkTransport(PeerLink& link) : link_(link) {}
  uint64_t ask(int peer, int64_t record, double patience_ms, std::byte* into, int64_t bytes) override {
    return link_.ask(peer, record, patience_ms, into, bytes);
  }
  void take_questions(std::vector<PeerLink::Question>& questions) override {
    link_.take_questions(questions);
  }
  uint64_t answer(const PeerLink::Question& question, std::span<const std::byte> bytes,
                  uint64_t checksum) override {
    return link_.answer(question, bytes, checksum);
  }
  void refuse(const PeerLink::Question& question) override { link_.refuse(question); }
  void collect(std::vector<PeerLink::Answer>& answers, std::vector<uint64_t>& sent) override {
    link_.collect(answers, sent);
  }
  int64_t waiting() const override { return link_.waiting(); }
  bool leave() override { return link_.leave(); }

 private:
  PeerLink& link_;
};

}  // namespace weft
