#include "weft/parallel/mesh.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

const Mesh kMesh = Mesh({{"data", 2}, {"height", 3}, {"tensor", 2}});

TEST(Mesh, CountsRanksWithTheLastAxisFastest) {
  EXPECT_EQ(kMesh.ranks(), 12);
  EXPECT_EQ(kMesh.axes(), 3);
  for (int rank = 0; rank < 12; ++rank) {
    EXPECT_EQ(kMesh.coordinate(rank, 0) * 6 + kMesh.coordinate(rank, 1) * 2 + kMesh.coordinate(rank, 2),
              rank);
  }
}

TEST(Mesh, FindsAxesByName) {
  EXPECT_EQ(kMesh.find("height"), 1);
  EXPECT_EQ(kMesh.find("width"), -1);
}

TEST(Mesh, AGroupIsTheRanksThatDifferOnItsAxesOnlyInOrder) {
  EXPECT_EQ(kMesh.group(7, {}), (std::vector<int>{7}));
  EXPECT_EQ(kMesh.group(7, {2}), (std::vector<int>{6, 7}));
  EXPECT_EQ(kMesh.group(7, {1}), (std::vector<int>{7, 9, 11}));
  EXPECT_EQ(kMesh.group(7, {0, 2}), (std::vector<int>{0, 1, 6, 7}));
  EXPECT_EQ(kMesh.group(7, {2, 0}), kMesh.group(0, {0, 2}));
  for (int rank = 0; rank < kMesh.ranks(); ++rank) {
    for (const std::vector<int>& axes : {std::vector<int>{}, {0}, {2, 1}, {0, 1, 2}}) {
      EXPECT_EQ(kMesh.first_of_group(rank, axes), kMesh.group(rank, axes).front());
    }
  }
  EXPECT_EQ(kMesh.group_size({0, 2}), 4);
  EXPECT_EQ(kMesh.group_size({}), 1);
}

TEST(Mesh, SaysItsAxesThatSplit) {
  EXPECT_EQ(kMesh.to_string(), "data=2 height=3 tensor=2");
  EXPECT_EQ(Mesh({{"data", 4}, {"tensor", 1}}).to_string(), "data=4");
  EXPECT_EQ(Mesh().to_string(), "1 rank");
  EXPECT_EQ(Mesh().ranks(), 1);
}

}  // namespace
}  // namespace weft
