// What a rank keeps: the records that are at home there, and others while there is room.
#include "weft/data/load/kept_copies.h"

#include <gtest/gtest.h>

#include "tests/data/load/fakes.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {
namespace {

constexpr int64_t kSamples = 20;
constexpr int64_t kBytes = 64;

class KeptCopiesTest : public ::testing::Test {
 protected:
  KeptCopiesTest()
      : stream_({std::make_shared<ShuffleSampler>(kSamples, 3), 4, 3, 2, LastBatch::drop}),
        homes_(stream_, options()) {}
  HomesOptions options() const {
    HomesOptions options;
    options.record_bytes = sizes_;
    options.capacity = {{1 << 20}, {1 << 20}};
    return options;
  }
  KeptCopies copies_in(std::vector<Tier*> tiers) {
    return KeptCopies({&stream_, &homes_, std::move(tiers), SampleParts(), 0}, kSamples, 0);
  }
  /// A sample that is at home at `rank`.
  int64_t sample_of(int rank) const {
    for (int64_t sample = 0; sample < kSamples; ++sample) {
      if (homes_.home(sample).rank == rank) return sample;
    }
    return -1;
  }

  std::vector<int64_t> sizes_{tier_footprint(kBytes)};
  AccessStream stream_;
  Homes homes_;
  std::vector<std::byte> bytes_ = std::vector<std::byte>(kBytes);
  uint64_t checksum_ = record_checksum(bytes_);
  MapTier tier_{1 << 20};
};

TEST_F(KeptCopiesTest, WhatIsAtHomeIsKeptWhoeverAskedForIt) {
  KeptCopies copies = copies_in({&tier_});
  const int64_t own = sample_of(0);
  EXPECT_TRUE(copies.is_home(own));
  copies.came(own, Origin::source, bytes_, checksum_, std::nullopt);
  EXPECT_TRUE(tier_.holds(own));
  EXPECT_TRUE(copies.find_in_memory(own));
  copies.drop(own);
  EXPECT_FALSE(copies.find(own));
}

TEST_F(KeptCopiesTest, WhatIsAtHomeElsewhereIsKeptWhereThisRankUsesItAgain) {
  KeptCopies copies = copies_in({&tier_});
  const int64_t other = sample_of(1);
  EXPECT_EQ(copies.home_of(other), 1);
  copies.came(other, Origin::peer, bytes_, checksum_, std::nullopt);
  EXPECT_FALSE(tier_.holds(other)) << "it came for a peer";
  const auto next = stream_.next(other, 1, 0, 4);
  copies.came(other, Origin::peer, bytes_, checksum_, 0);
  EXPECT_EQ(tier_.holds(other), next.has_value());
  copies.used(other, bytes_, checksum_, stream_.steps());
  EXPECT_FALSE(tier_.holds(other)) << "it is not used again";
}

TEST_F(KeptCopiesTest, AnotherTierTakesWhatItsOwnCannot) {
  MapTier full(0);
  KeptCopies copies = copies_in({&full, &tier_});
  const int64_t own = sample_of(0);
  copies.came(own, Origin::source, bytes_, checksum_, std::nullopt);
  EXPECT_FALSE(full.holds(own));
  EXPECT_TRUE(tier_.holds(own));
}

TEST_F(KeptCopiesTest, CopiesFromBeforeStayWhereTheyAreUsedAgain) {
  const int64_t own = sample_of(0);
  for (int64_t sample = 0; sample < kSamples; ++sample) tier_.put(sample, bytes_, checksum_);
  KeptCopies copies = copies_in({&tier_});
  EXPECT_TRUE(tier_.holds(own));
  for (int64_t sample = 0; sample < kSamples; ++sample) {
    if (copies.is_home(sample)) continue;
    EXPECT_EQ(tier_.holds(sample), stream_.next(sample, 0, 0, 4).has_value()) << sample;
  }
}

TEST_F(KeptCopiesTest, WithoutHomesNothingIsKept) {
  KeptCopies copies({&stream_, nullptr, {&tier_}, SampleParts(), 0}, kSamples, 0);
  EXPECT_EQ(copies.home_of(3), std::nullopt);
  copies.came(3, Origin::source, bytes_, checksum_, 0);
  EXPECT_EQ(tier_.used(), 0);
}

}  // namespace
}  // namespace weft
