#include "weft/data/load/rate_limit.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

/// Bytes of records sent from `begin` to `end`, asking every `step` milliseconds of a clock that is only a
/// number.
int64_t sent(RateLimit& limit, int64_t record, double begin, double end, double step) {
  int64_t bytes = 0;
  for (double now = begin; now < end; now += step) {
    while (limit.allows(now)) {
      limit.spend(record, now);
      bytes += record;
    }
  }
  return bytes;
}

TEST(RateLimit, KeepsTheRateWhateverTheSizeOfRecords) {
  for (const int64_t record : {100, 10'000, 300'000}) {
    RateLimit limit(1'000'000);
    const int64_t bytes = sent(limit, record, 0, 10'000, 0.5);
    EXPECT_GE(bytes, 9'900'000) << record;
    EXPECT_LE(bytes, 10'000'000 + 20'000 + record) << record;
  }
}

TEST(RateLimit, SavesNoMoreThanABurst) {
  RateLimit limit(1'000'000);
  sent(limit, 1000, 0, 100, 1);
  // A minute of rest is worth 20 ms.
  EXPECT_LE(sent(limit, 1000, 60'000, 60'000.5, 1), 21'000);
}

TEST(RateLimit, PaysALargeRecordOffFirst) {
  RateLimit limit(1'000'000);
  ASSERT_TRUE(limit.allows(0));
  limit.spend(500'000, 0);
  EXPECT_FALSE(limit.allows(400));
  EXPECT_TRUE(limit.allows(500));
}

TEST(RateLimit, NoneLimitsNothing) {
  RateLimit limit(0);
  limit.spend(int64_t{1} << 40, 0);
  EXPECT_TRUE(limit.allows(0));
}

}  // namespace
}  // namespace weft
