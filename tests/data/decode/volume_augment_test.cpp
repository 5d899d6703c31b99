// Volumes: a part written from its slab equals its part of the whole; the draws are right.
#include "weft/data/decode/volume_augment.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "weft/base/check.h"

namespace weft {
namespace {

/// Owns the elements of a box: each is its own number in the whole.
template <class T>
struct Box {
  std::vector<T> elems;
  View view;
  explicit Box(const Region& region) : elems(static_cast<size_t>(region.elems())) {
    view = {reinterpret_cast<std::byte*>(elems.data()), {DTypeOf<T>::value, region.shape()}};
  }
};

template <class T>
Box<T> numbered(const Dims& shape) {
  Box<T> box(Region::all(shape));
  for (size_t i = 0; i < box.elems.size(); ++i) box.elems[i] = T(i);
  return box;
}

constexpr VolumeTransform kAll{{true, true, true}, true};

/// The rule restated by its definition: output point p is input point q with q[axis[i]] = p[i] or its mirror.
int64_t input_elem(const VolumePlacement& placement, const Dims& shape, std::array<int64_t, 3> point,
                   int64_t channel) {
  std::array<int64_t, 3> from{};
  for (size_t i = 0; i < 3; ++i) {
    from[static_cast<size_t>(placement.axis[i])] = placement.flipped[i] ? shape[i] - 1 - point[i] : point[i];
  }
  return ((from[0] * shape[1] + from[1]) * shape[2] + from[2]) * shape[3] + channel;
}

class Cuts {
 public:
  Region random_part(const Dims& shape) {
    Region part = Region::all(shape);
    for (Range& range : part.ranges) {
      const auto size = static_cast<uint64_t>(range.end);
      const auto a = static_cast<int64_t>(random_.below(next_++, size + 1));
      const auto b = static_cast<int64_t>(random_.below(next_++, size + 1));
      range = {std::min(a, b), std::max(a, b)};
    }
    return part;
  }

 private:
  RandomStream random_{11, 0, 0};
  uint64_t next_ = 0;
};

template <class T>
void expect_parts_from_slabs(const Dims& shape) {
  Cuts cuts;
  const Box<T> input = numbered<T>(shape);
  for (int64_t sample = 0; sample < 60; ++sample) {
    const VolumePlacement placement = draw_volume_placement(kAll, shape, volume_stream(3, 1, sample));
    const Region part = cuts.random_part(shape);
    const Region needed = volume_input_region(placement, shape, part);
    EXPECT_EQ(needed.elems(), part.elems());  // a rank reads what it writes, no more
    Box<T> slab(needed);
    copy_region(input.view, Region::all(shape), slab.view, needed, needed);
    Box<T> output(part);
    write_volume(placement, shape, slab.view, needed, part, output.view);
    size_t i = 0;
    for (int64_t z = part.ranges[0].begin; z < part.ranges[0].end; ++z) {
      for (int64_t y = part.ranges[1].begin; y < part.ranges[1].end; ++y) {
        for (int64_t x = part.ranges[2].begin; x < part.ranges[2].end; ++x) {
          for (int64_t c = part.ranges[3].begin; c < part.ranges[3].end; ++c) {
            ASSERT_EQ(output.elems[i++], T(input_elem(placement, shape, {z, y, x}, c)));
          }
        }
      }
    }
  }
}

TEST(VolumeAugment, APartIsWrittenFromItsSlabAlone) {
  expect_parts_from_slabs<float>({5, 5, 5, 1});
  expect_parts_from_slabs<float>({4, 6, 4, 3});
  expect_parts_from_slabs<double>({6, 6, 3, 2});
  expect_parts_from_slabs<double>({2, 3, 4, 1});
  expect_parts_from_slabs<uint8_t>({3, 3, 3, 2});
  expect_parts_from_slabs<uint8_t>({1, 4, 4, 4});
}

TEST(VolumeAugment, PartsMakeTheWhole) {
  const Dims shape{6, 6, 6, 2};
  const Box<float> input = numbered<float>(shape);
  for (int64_t sample = 0; sample < 40; ++sample) {
    const VolumePlacement placement = draw_volume_placement(kAll, shape, volume_stream(3, 1, sample));
    Box<float> all(Region::all(shape));
    write_volume(placement, shape, input.view, Region::all(shape), Region::all(shape), all.view);
    Box<float> joined(Region::all(shape));
    const int64_t parts = 1 + sample % 4;
    for (int64_t z = 0; z < parts; ++z) {
      for (int64_t y = 0; y < 2; ++y) {
        const Region part{{split_range(6, parts, z), split_range(6, 2, y), {0, 6}, {0, 2}}};
        Box<float> piece(part);
        write_volume(placement, shape, input.view, Region::all(shape), part, piece.view);
        copy_region(piece.view, part, joined.view, Region::all(shape), part);
      }
    }
    EXPECT_EQ(joined.elems, all.elems);
    EXPECT_EQ(std::set<float>(all.elems.begin(), all.elems.end()).size(), all.elems.size());
  }
}

using Key = std::array<int, 6>;
Key key_of(const VolumePlacement& placement) {
  return {placement.axis[0],    placement.axis[1],    placement.axis[2],
          placement.flipped[0], placement.flipped[1], placement.flipped[2]};
}

std::map<Key, int> draws(const VolumeTransform& transform, const Dims& shape, int count) {
  std::map<Key, int> seen;
  for (int64_t sample = 0; sample < count; ++sample) {
    ++seen[key_of(draw_volume_placement(transform, shape, volume_stream(0, 0, sample)))];
  }
  return seen;
}

TEST(VolumeAugment, DrawsAllThatTheShapeAllows) {
  EXPECT_EQ(draws({{false, false, false}, true}, {4, 4, 4, 1}, 2000).size(), 24u);
  EXPECT_EQ(draws(kAll, {4, 4, 4, 1}, 3000).size(), 48u);
  EXPECT_EQ(draws({{false, false, false}, true}, {3, 4, 4, 1}, 500).size(), 8u);
  EXPECT_EQ(draws({{false, false, false}, true}, {3, 4, 5, 1}, 500).size(), 4u);  // half turns
  EXPECT_EQ(draws({{true, false, true}, false}, {4, 4, 4, 1}, 500).size(), 4u);
  EXPECT_EQ(draws({}, {4, 4, 4, 1}, 50).size(), 1u);
}

TEST(VolumeAugment, WhatIsPossibleIsWhatIsDrawn) {
  for (const VolumeTransform& transform : {VolumeTransform{}, VolumeTransform{{true, false, true}, false},
                                           VolumeTransform{{false, false, false}, true}, kAll}) {
    for (const Dims& shape : {Dims{4, 4, 4, 1}, Dims{3, 4, 4, 1}, Dims{3, 4, 5, 2}}) {
      std::set<Key> possible;
      for (const VolumePlacement& placement : possible_placements(transform, shape))
        possible.insert(key_of(placement));
      std::set<Key> drawn;
      for (const auto& [key, count] : draws(transform, shape, 3000)) drawn.insert(key);
      EXPECT_EQ(possible, drawn);
    }
  }
}

TEST(VolumeAugment, RotationsAreEquallyLikely) {
  for (const auto& [key, count] : draws({{false, false, false}, true}, {4, 4, 4, 1}, 24000)) {
    EXPECT_NEAR(count, 1000, 5 * 31);  // five standard deviations of a binomial
  }
}

TEST(VolumeAugment, EpochsDiffer) {
  int same = 0;
  for (int64_t sample = 0; sample < 480; ++sample) {
    same += draw_volume_placement(kAll, {4, 4, 4, 1}, volume_stream(0, 0, sample)) ==
                    draw_volume_placement(kAll, {4, 4, 4, 1}, volume_stream(0, 1, sample))
                ? 1
                : 0;
  }
  EXPECT_LT(same, 30);  // one in 48 by chance
}

TEST(VolumeAugment, AnInputThatLacksSomethingIsRefused) {
  const Dims shape{2, 2, 2, 1};
  const Box<float> half(Region{{{0, 1}, {0, 2}, {0, 2}, {0, 1}}});
  Box<float> output(Region::all(shape));
  EXPECT_THROW(write_volume({}, shape, half.view, Region{{{0, 1}, {0, 2}, {0, 2}, {0, 1}}},
                            Region::all(shape), output.view),
               InternalError);
}

}  // namespace
}  // namespace weft
