#include "weft/data/load/record.h"

#include <gtest/gtest.h>

#include <set>

namespace weft {
namespace {

TEST(RecordMemory, LargePiecesAreUsedAgainAndSmallOnesAreNot) {
  RecordMemory memory;
  const std::byte* first = nullptr;
  {
    RecordBuffer large(1 << 20, memory);
    RecordBuffer small(100, memory);
    EXPECT_EQ(memory.used(), (1 << 20) + 100);
    EXPECT_EQ(large.bytes().size(), size_t{1} << 20);
    first = large.bytes().data();
  }
  EXPECT_EQ(memory.used(), 0);
  RecordBuffer again((1 << 20) - 500, memory);
  EXPECT_EQ(again.bytes().data(), first);
  EXPECT_EQ(again.bytes().size(), (size_t{1} << 20) - 500);
  RecordBuffer other(1 << 20, memory);
  EXPECT_NE(other.bytes().data(), first) << "it is taken";
}

TEST(RecordMemory, APieceFarLargerThanWhatIsAskedForStays) {
  RecordMemory memory;
  const std::byte* first = nullptr;
  {
    RecordBuffer large(8 << 20, memory);
    first = large.bytes().data();
  }
  RecordBuffer smaller(1 << 20, memory);
  EXPECT_NE(smaller.bytes().data(), first);
  RecordBuffer large(8 << 20, memory);
  EXPECT_EQ(large.bytes().data(), first);
}

TEST(RecordMemory, WhatIsKeptIsBounded) {
  RecordMemory memory;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<RecordBuffer>> buffers;
    for (int i = 0; i < 12; ++i) buffers.push_back(std::make_unique<RecordBuffer>(int64_t{40} << 20, memory));
    std::set<const std::byte*> places;
    for (const auto& buffer : buffers) places.insert(buffer->bytes().data());
    EXPECT_EQ(places.size(), 12U) << "no piece is given out twice";
  }
  EXPECT_EQ(memory.used(), 0);
  EXPECT_LE(memory.kept(), int64_t{256} << 20);
  EXPECT_GT(memory.kept(), int64_t{200} << 20);
}

}  // namespace
}  // namespace weft
