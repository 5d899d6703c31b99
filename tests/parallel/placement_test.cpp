#include "weft/parallel/placement.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

const Mesh kMesh = Mesh({{"a", 2}, {"b", 3}});

TEST(OwnedRange, OfNestedSplitsCutsThePartsOfTheOuterAxis) {
  // Of 9: 5 and 4 along a; each of them in three along b.
  const std::vector<Range> expected{{0, 2}, {2, 4}, {4, 5}, {5, 7}, {7, 8}, {8, 9}};
  for (int rank = 0; rank < 6; ++rank) {
    EXPECT_EQ(owned_range(9, {0, 1}, kMesh, rank), expected[static_cast<size_t>(rank)]);
    const Range outer = owned_range(9, {0}, kMesh, rank);
    EXPECT_LE(outer.begin, expected[static_cast<size_t>(rank)].begin);
    EXPECT_GE(outer.end, expected[static_cast<size_t>(rank)].end);
  }
}

TEST(OwnedRange, TakesTheAxesInTheirOrder) {
  // b outermost: 3, 2 and 2 of 7, each cut in two along a. Rank 4 has a = 1 and b = 1.
  EXPECT_EQ(owned_range(7, {1, 0}, kMesh, 4), (Range{4, 5}));
  EXPECT_EQ(owned_range(7, {0, 1}, kMesh, 4), (Range{5, 6}));
}

TEST(OwnedRange, CoversEverySizeOnceInPartsThatDifferByAtMostOne) {
  for (int64_t size = 0; size <= 20; ++size) {
    int64_t at = 0;
    for (int rank = 0; rank < 6; ++rank) {
      const Range part = owned_range(size, {0, 1}, kMesh, rank);
      EXPECT_EQ(part.begin, at) << "size " << size << " rank " << rank;
      EXPECT_GE(part.size(), size / 6);
      EXPECT_LE(part.size(), (size + 5) / 6);
      at = part.end;
    }
    EXPECT_EQ(at, size);
  }
}

TEST(OwnedRegion, IsEmptyWhereThereAreMoreRanksThanElements) {
  Placement placement = Placement::replicate(2);
  placement.sharded[1] = {0, 1};
  EXPECT_EQ(owned_region(placement, {4, 2}, kMesh, 0), (Region{{{0, 4}, {0, 1}}}));
  EXPECT_TRUE(owned_region(placement, {4, 2}, kMesh, 1).empty());
  EXPECT_EQ(owned_region(placement, {4, 2}, kMesh, 3), (Region{{{0, 4}, {1, 2}}}));
  EXPECT_TRUE(owned_region(placement, {4, 2}, kMesh, 5).empty());
}

TEST(OwnedRegion, OfAPartialValueIsAllOfIt) {
  Placement placement = Placement::replicate(1);
  placement.partial = {0, 1};
  for (int rank = 0; rank < 6; ++rank) {
    EXPECT_EQ(owned_region(placement, {5}, kMesh, rank), Region::all({5}));
  }
}

TEST(PlacementText, NamesMeshAxesAndLeavesOutTheReplicating) {
  EXPECT_EQ(to_string(Placement::replicate(2), kMesh), "Replicate");
  Placement placement = Placement::replicate(2);
  placement.sharded[1] = {1};
  placement.partial = {0};
  EXPECT_EQ(to_string(placement, kMesh), "b: Shard(1), a: Partial(sum)");
  placement.combine = Combine::max;
  EXPECT_EQ(to_string(placement, kMesh), "b: Shard(1), a: Partial(max)");
  EXPECT_EQ(placement.sharding_axes(), (std::vector<int>{1}));
}

}  // namespace
}  // namespace weft
