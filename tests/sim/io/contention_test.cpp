#include "weft/sim/io/contention.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft {
namespace {

TEST(ReadersAtOnce, WhoReadsAllTheTimeCountsWhole) {
  const RateTable table({{1, 100}, {4, 400}});
  std::vector<FileSystemDemand> demands(4);
  EXPECT_EQ(readers_at_once(table, demands), 1);
  for (FileSystemDemand& demand : demands) demand.mb = 10;
  EXPECT_EQ(readers_at_once(table, demands), 4);
  demands[0] = {.always = true};
  EXPECT_EQ(readers_at_once(table, demands), 4);
  demands[0] = {};
  EXPECT_EQ(readers_at_once(table, demands), 3);
}

// 4 ranks of 10 MB each, 100 MB/s a reader: 0.1 s of the 0.2 s that the step takes.
TEST(ReadersAtOnce, WhoReadsForAPartOfTheTimeCountsAsThatPart) {
  const RateTable table({{1, 100}, {4, 400}});
  std::vector<FileSystemDemand> demands(4, {.mb = 10, .least_s = 0.2});
  EXPECT_NEAR(readers_at_once(table, demands), 2, 1e-6);
  // Where reading excludes the rest, 0.1 s of 0.1 + 0.3.
  demands.assign(4, {.mb = 10, .besides_s = 0.3});
  EXPECT_NEAR(readers_at_once(table, demands), 1, 1e-6);
}

// A full file system: 8 ranks ask for 100 MB/s each of 400, and computing leaves them no choice but to wait.
TEST(ReadersAtOnce, MoreDemandThanThereIsKeepsAllReading) {
  const RateTable table({{1, 100}, {4, 400}});
  const std::vector<FileSystemDemand> demands(8, {.mb = 10, .least_s = 0.1});
  EXPECT_EQ(readers_at_once(table, demands), 8);
}

// 3 ranks of 10 MB and one of 20, 100 MB/s for all: 0.5 s, in which the first three read for half the time.
TEST(ReadersUntilTheLast, WhoHasLessToReadLeavesTheRestToOthers) {
  const RateTable table({{1, 100}});
  std::vector<FileSystemDemand> demands(4, {.mb = 10});
  EXPECT_NEAR(readers_until_the_last(table, demands), 4, 1e-6);
  demands[3].mb = 20;
  EXPECT_EQ(readers_at_once(table, demands), 4);
  EXPECT_NEAR(readers_until_the_last(table, demands), 2.5, 1e-6);
  // The last is done as soon as the file system can have read everything.
  const FileSystemShare share = share_of(table, demands);
  EXPECT_NEAR(20 / share.reader_mb_s, 50 / share.all_mb_s, 1e-6);
  EXPECT_EQ(share.all_mb_s, 100);
  EXPECT_EQ(share.even_mb_s, 25);
}

// One rank is behind by 0.3 s: it reads for 0.1 s, in which the others no longer do.
TEST(ReadersUntilTheLast, WhoCameEarlierReadsForAPartOfTheTime) {
  const RateTable table({{1, 100}, {4, 400}});
  std::vector<FileSystemDemand> demands(4, {.mb = 10});
  demands[3].begin_s = 0.3;
  EXPECT_NEAR(readers_until_the_last(table, demands), 1 + 3 * 0.1 / 0.4, 1e-6);
  // A client that cannot read faster than 100 MB/s does not, however few others do.
  EXPECT_NEAR(share_of(table, demands).reader_mb_s, 100, 1e-6);
}

// The naive policy cannot read more than the file system gives: 1000 x 10 MB at 400 MB/s are 25 s.
TEST(ReadersAtOnce, IsAFixedPointUnderHeavyLoad) {
  const RateTable table({{1, 100}, {4, 400}});
  const std::vector<FileSystemDemand> demands(1000, {.mb = 10, .besides_s = 5});
  const double readers = readers_at_once(table, demands);
  const double busy_s = 10 * readers / table.at(readers);
  EXPECT_NEAR(busy_s + 5, 25, 1e-5);
}

}  // namespace
}  // namespace weft
