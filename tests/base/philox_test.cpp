#include "weft/base/philox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace weft {
namespace {

TEST(Philox, MatchesTheKnownAnswersOfRandom123) {
  EXPECT_EQ(philox({0, 0}, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones}, {ones, ones, ones, ones}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // The digits of pi.
  EXPECT_EQ(philox({0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, EachPartOfItsNameChangesTheNumbers) {
  const RandomStream base{.seed = 1, .stream = 2, .step = 3};
  std::set<PhiloxBlock> blocks = {base.block(0), base.block(1), base.block(uint64_t{1} << 32)};
  for (const uint64_t high : {uint64_t{1}, uint64_t{1} << 40}) {
    blocks.insert(RandomStream{base.seed + high, base.stream, base.step}.block(0));
    blocks.insert(RandomStream{base.seed, base.stream + high, base.step}.block(0));
    blocks.insert(RandomStream{base.seed, base.stream, base.step + high}.block(0));
  }
  EXPECT_EQ(blocks.size(), 9u);
}

TEST(RandomStream, WordsAreTheBlocksInOrder) {
  const RandomStream stream{.seed = 9};
  for (uint64_t i = 0; i < 12; ++i) EXPECT_EQ(stream.word(i), stream.block(i / 4)[i % 4]);
}

TEST(RandomStream, NormalHasTheMomentsOfANormal) {
  const RandomStream stream{.seed = 4, .stream = 5};
  constexpr int kDraws = 100000;
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.normal(static_cast<uint64_t>(i));
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  // Five standard deviations of each estimate: sqrt(1/n), sqrt(2/n) and sqrt(96/n).
  EXPECT_NEAR(sum / kDraws, 0, 5 * std::sqrt(1.0 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(fourths / kDraws, 3, 5 * std::sqrt(96.0 / kDraws));
}

TEST(RandomStream, UniformAndBelowStayInTheirRangesAndFillThem) {
  const RandomStream stream{.seed = 6};
  constexpr int kDraws = 70000;
  constexpr uint64_t kBound = 7;
  std::vector<int> seen(kBound, 0);
  double sum = 0;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const double u = stream.uniform(i);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    const uint64_t n = stream.below(i, kBound);
    ASSERT_LT(n, kBound);
    ++seen[n];
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  // Five standard deviations of a binomial count.
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 7.0, 5 * std::sqrt(kDraws * (6.0 / 49)));
  EXPECT_EQ(stream.below(3, 1), 0u);
}

}  // namespace
}  // namespace weft
