#include "weft/plan/arena_layout.h"

#include <gtest/gtest.h>

#include "weft/graph/op_registry.h"

namespace weft {
namespace {

TEST(ArenaLayout, BuffersAliveTogetherNeverOverlapAndTheArenaIsNoLargerThanNeeded) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    CaseRandom random(seed);
    std::vector<Lifetime> lifetimes;
    int64_t sum = 0;
    for (int64_t i = random.between(1, 60); i > 0; --i) {
      const auto first = static_cast<int>(random.between(0, 40));
      lifetimes.push_back({random.between(0, 5000), first, first + static_cast<int>(random.between(0, 10))});
      sum += aligned(lifetimes.back().bytes);
    }
    const ArenaLayout layout = lay_out(lifetimes);
    EXPECT_LE(layout.bytes, sum);
    for (size_t a = 0; a < lifetimes.size(); ++a) {
      EXPECT_EQ(layout.offsets[a] % kAlignment, 0);
      EXPECT_LE(layout.offsets[a] + aligned(lifetimes[a].bytes), layout.bytes);
      for (size_t b = 0; b < a; ++b) {
        const bool together =
            lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last;
        const bool apart = layout.offsets[a] + lifetimes[a].bytes <= layout.offsets[b] ||
                           layout.offsets[b] + lifetimes[b].bytes <= layout.offsets[a];
        EXPECT_TRUE(!together || apart || lifetimes[a].bytes == 0 || lifetimes[b].bytes == 0)
            << "seed " << seed << ": " << a << " and " << b;
      }
    }
  }
}

TEST(ArenaLayout, ReusesWhatIsFree) {
  const ArenaLayout layout = lay_out({{1000, 0, 1}, {1000, 2, 3}, {1000, 4, 5}});
  EXPECT_EQ(layout.bytes, aligned(1000));
}

}  // namespace
}  // namespace weft
