#include "weft/graph/index_map.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

/// One dimension of a convolution: x = 2 o + 3 k - 1 with 5 windows of 3.
IndexMap windows() {
  IndexMap map;
  map.axes = {{"o", 5}, {"k", 3, AxisKind::whole}};
  map.inputs = {{{{{0, 2}, {1, 3}}, -1}}};
  map.outputs = {{along(0)}};
  return map;
}

TEST(IndexMap, TouchesTheHaloAndClipsIt) {
  const IndexMap map = windows();
  EXPECT_EQ(touched_region(map.inputs[0], {{1, 3}, {0, 3}}, {14}).ranges[0], (Range{1, 10}));
  EXPECT_EQ(touched_region(map.inputs[0], {{0, 1}, {0, 3}}, {14}).ranges[0], (Range{0, 6}));
  EXPECT_EQ(touched_region(map.inputs[0], {{4, 5}, {0, 3}}, {10}).ranges[0], (Range{7, 10}));
}

TEST(IndexMap, TouchesNothingForAnEmptyRange) {
  EXPECT_TRUE(touched_region(windows().inputs[0], {{2, 2}, {0, 3}}, {14}).empty());
}

TEST(IndexMap, FindsTheWindowsThatReachAPart) {
  const IndexMap map = windows();
  // Position 4 is touched by 2 o + 3 k = 5: o = 1 (k = 1); the bound takes every o between reach and start.
  EXPECT_EQ(major_axis_range(map, map.inputs[0][0], {4, 5}), (Range{0, 3}));
  EXPECT_EQ(major_axis_range(map, map.inputs[0][0], {0, 14}), (Range{0, 5}));
  EXPECT_EQ(major_axis_range(map, map.inputs[0][0], {5, 5}).size(), 0);
}

TEST(IndexMap, ReducesWhatTheOutputLacks) {
  const IndexMap map = windows();
  EXPECT_TRUE(map.reduces(1, 0));
  EXPECT_FALSE(map.reduces(0, 0));
  EXPECT_EQ(map.points(), 15);
}

}  // namespace
}  // namespace weft
