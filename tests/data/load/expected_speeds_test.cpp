// What the prefetcher expects of its origins before a record has come, and how it forgets that.
#include "weft/data/load/expected_speeds.h"

#include <gtest/gtest.h>

#include "weft/data/load/source_speed.h"

namespace weft {
namespace {

TEST(ExpectedSpeeds, AreAMachinesRates) {
  Machine machine;
  machine.storage[kFileSystem].read = RateTable({{1, 400}, {4, 800}});
  machine.network = {{"node", 2, 1, 5000}, {"network", std::nullopt, 2, 1000}};
  // 4 readers share 800 MB/s: 200 MB/s are 5 ms a MB.
  EXPECT_DOUBLE_EQ(expected_speeds(machine, 4).source_ms_per_byte.value(), 5e-6);
  EXPECT_DOUBLE_EQ(expected_speeds(machine, 1).source_ms_per_byte.value(), 2.5e-6);
  EXPECT_DOUBLE_EQ(expected_speeds(machine, 4).peer_ms_per_byte.value(), 1e-6);
  EXPECT_DOUBLE_EQ(expected_speeds(machine, 2).peer_ms_per_byte.value(), 2e-7) << "on one node";
}

TEST(ExpectedSpeeds, OfWhatWasNotMeasuredAreEmpty) {
  EXPECT_FALSE(expected_speeds(Machine{}, 4).source_ms_per_byte);
  EXPECT_FALSE(expected_speeds(Machine{}, 4).peer_ms_per_byte);
  Machine machine;
  machine.storage[kFileSystem].write = RateTable({{1, 400}});
  machine.network = {{"node", 2, 1, 5000}};
  EXPECT_FALSE(expected_speeds(machine, 4).source_ms_per_byte);
  EXPECT_FALSE(expected_speeds(machine, 4).peer_ms_per_byte) << "4 ranks are on two nodes";
}

TEST(SourceSpeed, TheFirstRecordReplacesWhatWasExpected) {
  constexpr int64_t kBytes = 1000000;
  SourceSpeed speed;
  EXPECT_FALSE(speed.known());
  speed.expect(5e-6);
  EXPECT_TRUE(speed.known());
  EXPECT_DOUBLE_EQ(speed.estimate_ms(kBytes, 0), 5);
  EXPECT_DOUBLE_EQ(speed.estimate_ms(kBytes, 2), 15);
  speed.observe(kBytes, 50, 1);
  EXPECT_DOUBLE_EQ(speed.estimate_ms(kBytes, 0), 50);
  speed.expect(5e-6);
  EXPECT_DOUBLE_EQ(speed.estimate_ms(kBytes, 0), 50) << "what came counts, not what was expected";
}

}  // namespace
}  // namespace weft
