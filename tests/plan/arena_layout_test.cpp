#include "weft/plan/arena_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "weft/graph/op_registry.h"

namespace weft {
namespace {

TEST(ArenaLayout, BuffersAliveTogetherNeverOverlapAndTheArenaEndsWithTheLast) {
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
    int64_t end = 0;
    for (size_t a = 0; a < lifetimes.size(); ++a) {
      end = std::max(end, layout.offsets[a] + aligned(lifetimes[a].bytes));
    }
    EXPECT_EQ(layout.bytes, end);
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

/// The greedy as it is defined: every buffer is compared with all those that are placed.
std::vector<int64_t> first_fit(const std::vector<Lifetime>& lifetimes) {
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  std::vector<int64_t> offsets(lifetimes.size(), 0);
  std::multimap<int64_t, size_t> placed;
  for (const size_t index : order) {
    const Lifetime& wanted = lifetimes[index];
    for (const auto& [at, other] : placed) {
      const Lifetime& there = lifetimes[other];
      if (there.last < wanted.first || wanted.last < there.first) continue;
      if (at >= offsets[index] + aligned(wanted.bytes)) break;
      offsets[index] = std::max(offsets[index], at + aligned(there.bytes));
    }
    placed.emplace(offsets[index], index);
  }
  return offsets;
}

/// Of a model's training: each layer keeps activations until its backward pass, and both need some for a
/// moment.
std::vector<Lifetime> layers_of(int layers, CaseRandom& random) {
  constexpr int kSteps = 8;  // of a layer and pass
  std::vector<Lifetime> lifetimes;
  for (int layer = 0; layer < layers; ++layer) {
    const int forward = layer * kSteps;
    const int backward = (2 * layers - layer - 1) * kSteps;
    for (int s = 0; s < kSteps; ++s) {
      const int64_t bytes = 64 * (1 + s % 3);
      if (s % 2 == 0) lifetimes.push_back({bytes, forward + s, backward + kSteps - s - 1});
      lifetimes.push_back({bytes * 2, forward + s, forward + s + static_cast<int>(random.between(0, 2))});
      lifetimes.push_back({bytes * 3, backward + s, backward + s + 1});
      lifetimes.push_back({0, forward + s, forward + s});
    }
  }
  return lifetimes;
}

TEST(ArenaLayout, EachBufferLiesAtTheLowestFreeOffset) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    CaseRandom random(seed);
    std::vector<Lifetime> lifetimes;
    const int64_t longest = seed % 2 == 0 ? 20 : 900;
    for (int64_t i = random.between(1, 1500); i > 0; --i) {
      const auto first = static_cast<int>(random.between(0, 1000));
      const auto last = first + static_cast<int>(random.between(0, longest));
      lifetimes.push_back({random.between(0, seed % 3 == 0 ? 5000 : 200), first, last});
    }
    EXPECT_EQ(lay_out(lifetimes).offsets, first_fit(lifetimes)) << "seed " << seed;
  }
  CaseRandom random(0);
  const std::vector<Lifetime> lifetimes = layers_of(100, random);
  EXPECT_EQ(lay_out(lifetimes).offsets, first_fit(lifetimes));
}

}  // namespace
}  // namespace weft
