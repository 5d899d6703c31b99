#include "weft/data/tier/free_extents.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "weft/base/check.h"

namespace weft {

TEST(FreeExtents, GivesNeighboursBackAsOne) {
  FreeExtents space(64);
  space.grow(640);
  const int64_t a = space.take(100).value();
  const int64_t b = space.take(64).value();
  const int64_t c = space.take(1).value();
  EXPECT_EQ(a, 0);
  EXPECT_EQ(b, 128);
  EXPECT_EQ(c, 192);
  EXPECT_EQ(space.used_bytes(), 256);
  EXPECT_FALSE(space.take(385));
  space.give(a, 100);
  space.give(c, 1);
  EXPECT_EQ(space.largest(), 448);
  space.give(b, 64);
  EXPECT_EQ(space.largest(), 640);
  EXPECT_EQ(space.free_bytes(), 640);
  space.grow(64);
  EXPECT_EQ(space.take(704), 0);
  EXPECT_FALSE(space.take(0));
}

TEST(FreeExtents, TakesTheSmallestThatFits) {
  FreeExtents space(1);
  space.grow(100);
  ASSERT_TRUE(space.take_at(30, 10));
  ASSERT_TRUE(space.take_at(45, 10));
  EXPECT_EQ(space.take(4), 40);
  EXPECT_EQ(space.take(30), 0);
  EXPECT_EQ(space.take(31), 55);
}

TEST(FreeExtents, RefusesPlacesThatAreNotFree) {
  FreeExtents space(64);
  space.grow(1024);
  EXPECT_FALSE(space.take_at(1, 10));
  EXPECT_FALSE(space.take_at(-64, 10));
  EXPECT_FALSE(space.take_at(0, 1025));
  EXPECT_FALSE(space.take_at(1024, 1));
  EXPECT_FALSE(space.take_at(INT64_MAX / 64 * 64, 1));
  EXPECT_FALSE(space.take_at(0, INT64_MAX));
  ASSERT_TRUE(space.take_at(128, 100));
  EXPECT_FALSE(space.take_at(192, 1));
  EXPECT_FALSE(space.take_at(64, 65));
  EXPECT_TRUE(space.take_at(64, 64));
  EXPECT_THROW(space.give(0, 1), InternalError);
}

TEST(FreeExtents, AgreesWithAMapOfBytes) {
  constexpr int64_t kSize = 997;
  std::mt19937 random(5);
  FreeExtents space(1);
  space.grow(kSize);
  std::vector<bool> taken(kSize);
  std::map<int64_t, int64_t> extents;
  for (int i = 0; i < 20'000; ++i) {
    if (random() % 2 == 0 && !extents.empty()) {
      auto at = extents.lower_bound(static_cast<int64_t>(random() % kSize));
      if (at == extents.end()) at = extents.begin();
      space.give(at->first, at->second);
      for (int64_t k = 0; k < at->second; ++k) taken[at->first + k] = false;
      extents.erase(at);
    } else {
      const int64_t bytes = 1 + static_cast<int64_t>(random() % 60);
      const std::optional<int64_t> at = space.take(bytes);
      int64_t run = 0;
      bool fits = false;
      for (int64_t k = 0; k < kSize; ++k) {
        run = taken[k] ? 0 : run + 1;
        fits = fits || run >= bytes;
      }
      ASSERT_EQ(at.has_value(), fits);
      if (!at) continue;
      for (int64_t k = 0; k < bytes; ++k) {
        ASSERT_FALSE(taken[*at + k]);
        taken[*at + k] = true;
      }
      extents.emplace(*at, bytes);
    }
    ASSERT_EQ(space.free_bytes(), std::count(taken.begin(), taken.end(), false));
  }
}

// A cache of images, each of which is dropped for another at random, for 100 epochs: the space stays usable.
// (One record in a million is as large as 2% of the space; no moment is bounded by that, but their mean is.)
TEST(FreeExtents, KeepsMostOfItsSpaceUsableForAHundredEpochs) {
  std::mt19937_64 random(11);
  std::lognormal_distribution<double> sizes(std::log(110'000), 0.7);
  FreeExtents space(64);
  space.grow(int64_t{256} << 20);
  std::vector<std::pair<int64_t, int64_t>> held;
  constexpr int64_t kPuts = 100 * 2000;
  double early = 0;
  double late = 0;
  for (int64_t i = 0; i < kPuts; ++i) {
    const auto bytes = static_cast<int64_t>(sizes(random)) + 1;
    std::optional<int64_t> at = space.take(bytes);
    while (!at) {
      std::swap(held[random() % held.size()], held.back());
      space.give(held.back().first, held.back().second);
      held.pop_back();
      at = space.take(bytes);
    }
    held.emplace_back(*at, bytes);
    const double used = static_cast<double>(space.used_bytes()) / static_cast<double>(space.size());
    if (i >= kPuts / 10 && i < kPuts / 5) early += used * 10 / kPuts;
    if (i >= kPuts * 9 / 10) late += used * 10 / kPuts;
  }
  EXPECT_GT(late, 0.83);
  EXPECT_GT(late, early - 0.03);
}

}  // namespace weft
