// Of tensor/view.h: copy_region, for boxes that begin and end anywhere.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft {
namespace {

/// Random numbers in order, for shapes.
class Draws {
 public:
  explicit Draws(uint64_t seed) : stream_{.seed = seed} {}
  int64_t up_to(int64_t most) {
    return static_cast<int64_t>(stream_.below(next_++, static_cast<uint64_t>(most + 1)));
  }

 private:
  RandomStream stream_;
  uint64_t next_ = 0;
};

/// A box that holds `inner` and up to two more on each side.
Region around(const Region& inner, Draws& draws) {
  Region outer;
  for (const Range& range : inner.ranges) {
    outer.ranges.push_back({range.begin - draws.up_to(2), range.end + draws.up_to(2)});
  }
  return outer;
}

/// Calls visit(offset in a tensor that holds `box`) for the points of `region`, in order.
template <class Visit>
void for_points(const Region& box, const Region& region, size_t d, int64_t offset, const Visit& visit) {
  if (d == region.ranges.size()) {
    visit(offset);
    return;
  }
  for (int64_t i = region.ranges[d].begin; i < region.ranges[d].end; ++i) {
    for_points(box, region, d + 1, offset * box.ranges[d].size() + i - box.ranges[d].begin, visit);
  }
}

template <class T>
void expect_copy_matches_naive(const Region& region, const Region& from, const Region& to) {
  std::vector<T> source(from.elems());
  for (int64_t i = 0; i < std::ssize(source); ++i) source[i] = static_cast<T>(i + 1);
  std::vector<T> target(to.elems(), T{0});
  std::vector<T> expected = target;
  std::vector<int64_t> places;
  for_points(from, region, 0, 0, [&](int64_t at) { places.push_back(at); });
  size_t next = 0;
  for_points(to, region, 0, 0, [&](int64_t at) { expected[at] = source[places[next++]]; });
  const auto view = [](std::vector<T>& data, const Region& box) {
    return View{reinterpret_cast<std::byte*>(data.data()), {DTypeOf<T>::value, box.shape()}};
  };
  copy_region(view(source, from), from, view(target, to), to, region);
  ASSERT_EQ(target, expected) << to_string(region) << " from " << to_string(from) << " to " << to_string(to);
}

TEST(CopyRegion, MatchesTheNaiveCopyOnRandomBoxes) {
  Draws draws(7);
  for (size_t rank = 0; rank <= 5; ++rank) {
    for (int repeat = 0; repeat < 60; ++repeat) {
      Region region;
      for (size_t d = 0; d < rank; ++d) {
        const int64_t begin = draws.up_to(5);
        // Empty boxes now and then.
        region.ranges.push_back({begin, begin + (draws.up_to(9) == 0 ? 0 : 1 + draws.up_to(3))});
      }
      const Region from = around(region, draws);
      const Region to = around(region, draws);
      expect_copy_matches_naive<float>(region, from, to);
      expect_copy_matches_naive<uint8_t>(region, from, to);
      expect_copy_matches_naive<int64_t>(region, region, to);
      expect_copy_matches_naive<int32_t>(region, from, region);
    }
  }
}

/// Of bits, in memory of ones and zeros by turns: what lies beside the region stays.
void expect_copy_of_bits_matches_naive(const Region& region, const Region& from, const Region& to,
                                       Draws& draws) {
  const auto bytes = [](const Region& box) { return static_cast<size_t>(bytes_of(DType::bit, box.elems())); };
  std::vector<std::byte> source(bytes(from)), target(bytes(to));
  for (std::byte& byte : source) byte = static_cast<std::byte>(draws.up_to(255));
  for (std::byte& byte : target) byte = static_cast<std::byte>(draws.up_to(255));
  const auto bits_of = [](const std::vector<std::byte>& memory, const Region& box) {
    std::vector<bool> bits;
    for (int64_t i = 0; i < box.elems(); ++i) {
      bits.push_back((std::to_integer<unsigned>(memory[static_cast<size_t>(i / 8)]) >> (i % 8) & 1) != 0);
    }
    return bits;
  };
  const std::vector<bool> given = bits_of(source, from);
  std::vector<bool> expected = bits_of(target, to);
  std::vector<size_t> places;
  for_points(from, region, 0, 0, [&](int64_t at) { places.push_back(static_cast<size_t>(at)); });
  size_t next = 0;
  for_points(to, region, 0, 0,
             [&](int64_t at) { expected[static_cast<size_t>(at)] = given[places[next++]]; });
  copy_region({source.data(), {DType::bit, from.shape()}}, from, {target.data(), {DType::bit, to.shape()}},
              to, region);
  ASSERT_EQ(bits_of(target, to), expected)
      << to_string(region) << " from " << to_string(from) << " to " << to_string(to);
  if (!region.empty() && to.elems() % 8 != 0) {
    EXPECT_EQ(std::to_integer<unsigned>(target.back()) >> (to.elems() % 8), 0u);
  }
}

TEST(CopyRegion, MovesPackedBitsFromAnyBitToAnyOther) {
  Draws draws(11);
  for (size_t rank = 0; rank <= 4; ++rank) {
    for (int repeat = 0; repeat < 200; ++repeat) {
      Region region;
      for (size_t d = 0; d < rank; ++d) {
        const int64_t begin = draws.up_to(5);
        // The last dimension beyond a word of bits, now and then a multiple of a byte.
        const int64_t size =
            d + 1 == rank ? (draws.up_to(3) == 0 ? 8 * draws.up_to(9) : draws.up_to(150)) : draws.up_to(4);
        region.ranges.push_back({begin, begin + size});
      }
      const Region from = around(region, draws), to = around(region, draws);
      expect_copy_of_bits_matches_naive(region, from, to, draws);
      expect_copy_of_bits_matches_naive(region, region, to, draws);
      expect_copy_of_bits_matches_naive(region, from, region, draws);
      expect_copy_of_bits_matches_naive(region, region, region, draws);
    }
  }
}

TEST(CopyRegion, RefusesTwoDtypes) {
  float source = 1;
  int32_t target = 0;
  const Region all = Region::all({});
  const View from{reinterpret_cast<std::byte*>(&source), {DType::f32, {}}};
  const View to{reinterpret_cast<std::byte*>(&target), {DType::i32, {}}};
  try {
    copy_region(from, all, to, all, all);
    FAIL() << "nothing was thrown";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("copy of f32 into i32"), std::string::npos) << error.what();
  }
}

TEST(TensorTypes, PrintAndCountTheirBytes) {
  const TensorType type{DType::bf16, {4, 3}};
  EXPECT_EQ(to_string(type), "bf16[4, 3]");
  EXPECT_EQ(type.elems(), 12);
  EXPECT_EQ(type.bytes(), 24);
  EXPECT_EQ(to_string(TensorType{DType::bit, {3, 3}}), "bit[3, 3]");
  EXPECT_EQ((TensorType{DType::bit, {3, 3}}.bytes()), 2);
}

}  // namespace
}  // namespace weft
