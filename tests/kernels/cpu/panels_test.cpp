#include "weft/kernels/cpu/panels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace weft::kernels {
namespace {

using Tag = dnnl::memory::format_tag;

struct AlignedWords {
  explicit AlignedWords(size_t bytes) : words(bytes / 4 + 32, 0x5a5a5a5aU), count(bytes / 4) {}
  uint32_t* data() { return words.data() + (64 - reinterpret_cast<uintptr_t>(words.data()) % 64) % 64 / 4; }
  std::vector<uint32_t> words;
  size_t count;
};

/// Packs a matrix of odd numbers as Weft does and as oneDNN's reorder does.
void expect_onednn(int64_t k, int64_t n, Tag tag, dnnl::memory::data_type dtype, bool transposed) {
  const OneDnn dnn;
  const dnnl::memory::desc layout({k, n}, dtype, tag);
  const dnnl::memory::desc plain({k, n}, dnnl::memory::data_type::f32, transposed ? Tag::ba : Tag::ab);
  const std::optional<Panels> panels = panels_of(layout);
  ASSERT_TRUE(panels.has_value());
  std::vector<float> matrix(static_cast<size_t>(k * n));
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (float& value : matrix) value = normal(random);
  matrix.back() = std::numeric_limits<float>::infinity();

  AlignedWords expected(layout.get_size());
  const OneDnnReorder reorder(dnn, plain, layout);
  std::vector<std::byte> scratch(static_cast<size_t>(reorder.scratch_bytes()));
  reorder.run(dnn, matrix.data(), expected.data(), scratch.data());
  AlignedWords packed(layout.get_size());
  pack_panels({matrix.data(), transposed ? k : n, transposed}, *panels, packed.data());
  for (size_t i = 0; i < packed.count; ++i) {
    ASSERT_EQ(packed.data()[i], expected.data()[i])
        << "word " << i << " of [" << k << ", " << n << "] transposed " << transposed;
  }
  EXPECT_EQ(packed.data()[packed.count], 0x5a5a5a5aU) << "wrote past the end";
}

TEST(Panels, HoldWhatTheReorderOfOneDnnWrites) {
  const std::pair<int64_t, int64_t> sizes[] = {{1, 1},    {16, 64},  {32, 64},   {31, 65},
                                               {64, 128}, {100, 63}, {129, 200}, {257, 130}};
  for (const auto& [k, n] : sizes) {
    for (const bool transposed : {false, true}) {
      for (const Tag tag : {Tag::BA16a16b, Tag::BA16a32b, Tag::BA16a48b, Tag::BA16a64b}) {
        expect_onednn(k, n, tag, dnnl::memory::data_type::f32, transposed);
      }
      for (const Tag tag : {Tag::BA16a16b2a, Tag::BA16a32b2a, Tag::BA16a48b2a, Tag::BA16a64b2a}) {
        expect_onednn(k, n, tag, dnnl::memory::data_type::bf16, transposed);
      }
    }
  }
}

TEST(Panels, RoundNaNToNaN) {
  const dnnl::memory::desc layout({32, 64}, dnnl::memory::data_type::bf16, Tag::BA16a64b2a);
  std::vector<float> matrix(32 * 64, std::numeric_limits<float>::quiet_NaN());
  AlignedWords packed(layout.get_size());
  pack_panels({matrix.data(), 64, false}, *panels_of(layout), packed.data());
  for (size_t i = 0; i < packed.count; ++i) {
    const uint32_t word = packed.data()[i];
    ASSERT_TRUE(std::isnan(std::bit_cast<float>(word << 16)));
    ASSERT_TRUE(std::isnan(std::bit_cast<float>(word & 0xffff0000U)));
  }
}

TEST(Panels, OtherLayoutsAreNone) {
  const auto f32 = dnnl::memory::data_type::f32;
  EXPECT_FALSE(panels_of({{32, 64}, f32, Tag::ab}));
  EXPECT_FALSE(panels_of({{32, 64}, f32, Tag::ba}));
  EXPECT_FALSE(panels_of({{2, 32, 64}, f32, Tag::abc}));
  EXPECT_FALSE(panels_of({{32, 64}, f32, Tag::AB16b64a}));
  EXPECT_FALSE(panels_of({{32, 64}, dnnl::memory::data_type::s8, Tag::BA16a64b4a}));
}

}  // namespace
}  // namespace weft::kernels
