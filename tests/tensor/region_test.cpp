#include "weft/tensor/region.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "weft/base/check.h"

namespace weft {
namespace {

TEST(ElemsOf, RefusesMoreThanCanBeCounted) {
  EXPECT_EQ(elems_of({}), 1);
  EXPECT_EQ(elems_of({3, 0, 5}), 0);
  EXPECT_EQ(elems_of({int64_t{1} << 30, int64_t{1} << 29}), int64_t{1} << 59);
  for (const Dims& shape : {Dims{1 << 30, 1 << 30}, Dims{int64_t{1} << 40, 1 << 24}, Dims{INT64_MIN, 42}}) {
    try {
      elems_of(shape);
      FAIL() << "nothing was thrown";
    } catch (const UserError& error) {
      EXPECT_EQ(error.what(), "a tensor of shape " + to_string(shape) + " is larger than any memory");
    }
  }
}

TEST(SplitRange, PartsAreContiguousCoverAllAndDifferByAtMostOne) {
  for (const int64_t size : {0, 1, 2, 5, 7, 16, 1001}) {
    for (const int64_t parts : {1, 2, 3, 4, 7, 8}) {
      int64_t end = 0;
      for (int64_t index = 0; index < parts; ++index) {
        const Range part = split_range(size, parts, index);
        EXPECT_EQ(part.begin, end);
        EXPECT_GE(part.size(), size / parts);
        EXPECT_LE(part.size(), (size + parts - 1) / parts);
        end = part.end;
      }
      EXPECT_EQ(end, size);
    }
  }
}

TEST(Dims, ElementsAndStridesOfAShape) {
  EXPECT_EQ(elems_of({}), 1);
  EXPECT_EQ(elems_of({3, 0, 2}), 0);
  EXPECT_EQ(elems_of({3, 4, 5}), 60);
  EXPECT_EQ(strides_of({}), Dims{});
  EXPECT_EQ(strides_of({3, 4, 5}), (Dims{20, 5, 1}));
  EXPECT_EQ(to_string(Dims{4, 64}), "[4, 64]");
}

bool holds(const Region& region, int64_t i, int64_t j) {
  const Range& rows = region.ranges[0];
  const Range& columns = region.ranges[1];
  return i >= rows.begin && i < rows.end && j >= columns.begin && j < columns.end;
}

TEST(Region, IntersectionHoldsExactlyThePointsOfBoth) {
  constexpr int64_t kSide = 4;
  std::vector<Region> regions;
  for (int64_t a = 0; a <= kSide; ++a) {
    for (int64_t b = a; b <= kSide; ++b) regions.push_back({{{a, b}, {kSide - b, kSide - a + 1}}});
  }
  for (const Region& a : regions) {
    for (const Region& b : regions) {
      const Region common = intersect(a, b);
      int64_t points = 0;
      for (int64_t i = 0; i <= kSide; ++i) {
        for (int64_t j = 0; j <= kSide; ++j) {
          const bool both = holds(a, i, j) && holds(b, i, j);
          points += both ? 1 : 0;
          EXPECT_EQ(holds(common, i, j), both) << to_string(a) << " and " << to_string(b);
        }
      }
      EXPECT_EQ(common.elems(), points);
      EXPECT_EQ(common.empty(), points == 0);
      EXPECT_TRUE(a.contains(common));
      EXPECT_TRUE(b.contains(common));
      EXPECT_EQ(a.contains(b), points == b.elems());
    }
  }
}

TEST(Region, OfAScalarHasOneElement) {
  const Region scalar = Region::all({});
  EXPECT_EQ(scalar.elems(), 1);
  EXPECT_FALSE(scalar.empty());
  EXPECT_EQ(intersect(scalar, scalar), scalar);
  EXPECT_EQ(to_string(scalar), "[]");
}

TEST(Region, PrintsItsRanges) {
  EXPECT_EQ(to_string(Region{{{0, 4}, {2, 3}}}), "[0:4, 2:3]");
  EXPECT_EQ(Region::all({4, 3}), (Region{{{0, 4}, {0, 3}}}));
  EXPECT_EQ((Region{{{1, 4}, {2, 2}}}).shape(), (Dims{3, 0}));
}

TEST(Region, OfDifferentRanksDoNotMeet) {
  try {
    intersect(Region::all({2}), Region::all({2, 3}));
    FAIL() << "nothing was thrown";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("regions of different rank: [0:2] and [0:2, 0:3]"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace weft
