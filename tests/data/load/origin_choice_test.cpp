// Peer or source: a copy is preferred, unless a step would wait for it and the source is clearly faster.
#include "weft/data/load/origin_choice.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

constexpr int64_t kBytes = 1'000'000;
using Need = OriginChoice::Need;
using Policy = OriginChoice::Policy;

TEST(OriginChoice, APeerIsAskedUntilBothAreKnown) {
  OriginChoice choice({}, Policy::fastest);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::peer);
  choice.observe(Origin::peer, kBytes, 100, 1);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::peer);
  choice.observe(Origin::source, kBytes, 1, 1);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::source);
}

TEST(OriginChoice, TheSourceMustBeClearlyFasterAndTheNeedUrgent) {
  OriginChoice choice({.peer_ms_per_byte = 1.4e-6, .source_ms_per_byte = 1e-6}, Policy::fastest);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::peer) << "1.4 times is not clearly";
  OriginChoice slower({.peer_ms_per_byte = 1.6e-6, .source_ms_per_byte = 1e-6}, Policy::fastest);
  EXPECT_EQ(slower.peer_or_source(kBytes, Need::soon), Origin::source);
  EXPECT_EQ(slower.peer_or_source(kBytes, Need::later), Origin::peer);
  OriginChoice peers({.peer_ms_per_byte = 1.6e-6, .source_ms_per_byte = 1e-6}, Policy::peers_first);
  EXPECT_EQ(peers.peer_or_source(kBytes, Need::soon), Origin::peer);
}

TEST(OriginChoice, RequestsUnderWayAreWaitedFor) {
  OriginChoice choice({.peer_ms_per_byte = 1e-6, .source_ms_per_byte = 1e-6}, Policy::fastest);
  EXPECT_DOUBLE_EQ(choice.estimate_ms(Origin::peer, kBytes), 1);
  EXPECT_EQ(choice.began(Origin::peer), 1);
  EXPECT_EQ(choice.began(Origin::peer), 2);
  EXPECT_DOUBLE_EQ(choice.estimate_ms(Origin::peer, kBytes), 3);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::source);
  choice.ended(Origin::peer);
  choice.ended(Origin::peer);
  EXPECT_EQ(choice.peer_or_source(kBytes, Need::soon), Origin::peer);
}

}  // namespace
}  // namespace weft
