#include "weft/data/load/sample_parts.h"

#include <gtest/gtest.h>

#include <set>

namespace weft {
namespace {

TEST(SampleParts, MembersThatReadTheSameShareTheirRecords) {
  const std::vector<Region> front{Region{{{0, 2}}}};
  const std::vector<Region> back{Region{{{2, 4}}}};
  const SampleParts parts({front, front, back, back}, 2);
  EXPECT_EQ(parts.group(), 4);
  EXPECT_EQ(parts.count(), 2);
  EXPECT_EQ(parts.own(), 1);
  EXPECT_EQ(parts.sharers(), 2);
  EXPECT_EQ(parts.regions(parts.own()), back);
  std::set<int> keepers;
  for (int64_t sample = 0; sample < 6; ++sample) {
    const RecordId record = parts.record(sample, 1);
    EXPECT_EQ(parts.sample_of(record), sample);
    EXPECT_EQ(parts.part_of(record), 1);
    keepers.insert(parts.keeper(record));
  }
  EXPECT_EQ(keepers, (std::set<int>{2, 3})) << "those that read it take turns";
}

TEST(SampleParts, AWholeSampleIsOneRecordOfAllMembers) {
  const SampleParts parts(3, 1);
  EXPECT_EQ(parts.count(), 1);
  EXPECT_EQ(parts.sharers(), 3);
  EXPECT_TRUE(parts.regions(0).empty());
  EXPECT_EQ(parts.record(17, 0), 17);
  EXPECT_EQ(parts.wanted(5, 17), 0);
}

TEST(SampleParts, AChoiceTakesThePlaceOfTheOwnPart) {
  SampleParts parts({{Region{{{0, 2}}}}, {Region{{{2, 4}}}}}, 0);
  EXPECT_EQ(parts.wanted(1, 3), 0);
  parts.choose([](int64_t epoch, int64_t sample) { return static_cast<int>((epoch + sample + 1) % 2); });
  EXPECT_EQ(parts.wanted(1, 3), 1);
  EXPECT_EQ(parts.wanted(2, 3), 0);
}

}  // namespace
}  // namespace weft
