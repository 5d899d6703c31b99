#include "weft/data/load/peer_transport.h"

namespace weft {

void PeerLinkTransport::collect(std::vector<PeerReply>& replies, std::vector<uint64_t>& sent) {
  answers_.clear();
  link_.collect(answers_, sent);
  for (const PeerLink::Answer& answer : answers_) {
    PeerReply& reply = replies.emplace_back();
    reply.id = answer.id;
    if (answer.bytes >= 0) reply.bytes = answer.bytes;
    reply.checksum = answer.checksum;
    reply.prepared_ms = answer.prepared_ms;
  }
}

}  // namespace weft
