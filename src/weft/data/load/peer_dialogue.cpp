#include "weft/data/load/peer_dialogue.h"

#include <utility>

#include "weft/data/verify/record_checksum.h"

namespace weft {

PeerDialogue::PeerDialogue(PeerTransport& transport, double patience_ms, int64_t network_budget)
    : transport_(transport), patience_ms_(patience_ms), budget_(network_budget) {}

void PeerDialogue::ask(const FetchPtr& fetch, int peer, double now_ms, double reading_ms) {
  const uint64_t id =
      transport_.ask(peer, fetch->record, patience_ms_, fetch->buffer->bytes().data(), fetch->bytes);
  asked_.emplace(id, Asked{Asked::State::waiting, peer, fetch, nullptr});
  deadlines_.emplace(now_ms + patience_ms_ + reading_ms, id);
}

bool PeerDialogue::take_questions() {
  std::vector<PeerLink::Question> questions;
  transport_.take_questions(questions);
  unanswered_.insert(unanswered_.end(), questions.begin(), questions.end());
  return !questions.empty();
}

std::optional<PeerLink::Question> PeerDialogue::next_question(double now_ms) {
  if (unanswered_.empty() || !budget_.allows(now_ms)) return std::nullopt;
  const PeerLink::Question question = unanswered_.front();
  unanswered_.pop_front();
  return question;
}

void PeerDialogue::answer(const PeerLink::Question& question, std::span<const std::byte> bytes,
                          uint64_t checksum, std::shared_ptr<RecordBuffer> buffer, double now_ms) {
  budget_.spend(std::ssize(bytes), now_ms);
  sending_.emplace(transport_.answer(question, bytes, checksum), std::move(buffer));
}

bool PeerDialogue::collect(const Replied& replied) {
  std::vector<PeerLink::Answer> replies;
  std::vector<uint64_t> sent;
  transport_.collect(replies, sent);
  for (const uint64_t id : sent) sending_.erase(id);
  for (const PeerLink::Answer& come : replies) {
    const auto found = asked_.find(come.id);
    const Asked asked = std::move(found->second);
    asked_.erase(found);
    silent_.erase(asked.peer);
    if (asked.state == Asked::State::given_up) continue;
    Reply reply{Reply::Kind::nothing, come.checksum, come.prepared_ms};
    if (come.bytes == asked.fetch->bytes) {
      reply.kind = record_checksum(asked.fetch->buffer->bytes()) == come.checksum ? Reply::Kind::record
                                                                                  : Reply::Kind::other_bytes;
    }
    replied(asked.fetch, reply);
  }
  return !replies.empty() || !sent.empty();
}

void PeerDialogue::give_up(double now_ms, const Late& late) {
  while (!deadlines_.empty() && deadlines_.begin()->first < now_ms) {
    const auto found = asked_.find(deadlines_.begin()->second);
    deadlines_.erase(deadlines_.begin());
    if (found == asked_.end()) continue;  // answered
    Asked& asked = found->second;
    const FetchPtr fetch = std::move(asked.fetch);
    // The answer may still be written to this memory: it stays until then.
    asked = {Asked::State::given_up, asked.peer, nullptr, std::move(fetch->buffer)};
    // Not asked again before it answers: a rank that stands still is waited for once.
    silent_.insert(asked.peer);
    late(fetch);
  }
}

}  // namespace weft
