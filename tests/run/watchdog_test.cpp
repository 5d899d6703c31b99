#include "weft/run/watchdog.h"

#include <gtest/gtest.h>

#include <atomic>

namespace weft {
namespace {

using std::chrono::milliseconds;

TEST(Watchdog, BarksOnceWhenThePulseStops) {
  std::atomic<int> barks{0};
  const Watchdog watchdog([] { return int64_t{7}; }, milliseconds(20), [&] { ++barks; });
  while (barks == 0) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(barks, 1);
}

TEST(Watchdog, StaysQuietWhileThePulseGoesOnAndStopsAtOnce) {
  std::atomic<int64_t> pulse{0};
  std::atomic<int> barks{0};
  {
    // Every look changes the pulse, so however slow the machine is there is nothing to bark at.
    const Watchdog watchdog([&] { return ++pulse; }, milliseconds(20), [&] { ++barks; });
    std::this_thread::sleep_for(milliseconds(100));
  }
  EXPECT_EQ(barks, 0);
  EXPECT_GT(pulse, 1);
}

}  // namespace
}  // namespace weft
