#include "weft/data/load/origin_choice.h"

namespace weft {

OriginChoice::OriginChoice(const ExpectedSpeeds& expected, Policy policy) : policy_(policy) {
  if (expected.peer_ms_per_byte)
    speeds_[static_cast<size_t>(Origin::peer)].expect(*expected.peer_ms_per_byte);
  if (expected.source_ms_per_byte)
    speeds_[static_cast<size_t>(Origin::source)].expect(*expected.source_ms_per_byte);
}

Origin OriginChoice::peer_or_source(int64_t bytes, Need need) const {
  if (policy_ == Policy::peers_first) return Origin::peer;
  if (!speeds_[static_cast<size_t>(Origin::peer)].known() ||
      !speeds_[static_cast<size_t>(Origin::source)].known())
    return Origin::peer;
  // The source is everybody's, and what one rank takes from it slows all others: while there is time, a copy
  // is taken however slowly it comes.
  if (need == Need::later) return Origin::peer;
  return estimate_ms(Origin::peer, bytes) < kClearlyFaster * estimate_ms(Origin::source, bytes)
             ? Origin::peer
             : Origin::source;
}

}  // namespace weft
