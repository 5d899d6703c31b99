#include "weft/base/pace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>

namespace weft {
namespace {

using Clock = std::chrono::steady_clock;

/// Keeps this thread's core busy.
void work(std::chrono::milliseconds time) {
  const auto used = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto end = used() + time;
  while (used() < end) {
  }
}

/// How long ten pieces of work of 2 ms take.
double ms_of_work(Pace& pace) {
  const Clock::time_point start = Clock::now();
  pace.begin();
  for (int piece = 0; piece < 10; ++piece) {
    work(std::chrono::milliseconds(2));
    pace.rest();
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

TEST(Pace, AQuarterOfACoreTakesFourTimesAsLong) {
  Pace pace(0.25);
  EXPECT_GE(ms_of_work(pace), 80);
}

TEST(Pace, WhoHurriesDoesNotSleep) {
  bool hurries = true;
  // Asleep it would take 10 x 100 ms.
  Pace pace(0.001, [&] { return hurries; });
  const double hurried = ms_of_work(pace);
  hurries = false;
  EXPECT_GE(ms_of_work(pace), 1000);
  EXPECT_LT(hurried, 1000);
}

TEST(Pace, MoreThanTheLeastShareMayBeAskedForOnce) {
  Pace pace(0.001);
  const auto ms_at = [&](double share) {
    const Clock::time_point start = Clock::now();
    pace.begin(share);
    work(std::chrono::milliseconds(2));
    pace.rest();
    EXPECT_GE(pace.worked(), std::chrono::milliseconds(2));
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  };
  EXPECT_LT(ms_at(1), 95);
  EXPECT_GE(ms_at(0), 100);
}

TEST(Pace, NoPieceIsFollowedByALongSleep) {
  Pace pace(1e-9);
  pace.begin();
  work(std::chrono::milliseconds(2));
  const Clock::time_point start = Clock::now();
  pace.rest();
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(10));  // 2e6 s by the share
}

TEST(Pace, TimeInWhichTheThreadWaitedDoesNotCount) {
  Pace pace(0.01);
  pace.begin();
  timespec half{0, 500'000'000};
  ::nanosleep(&half, nullptr);
  const Clock::time_point start = Clock::now();
  pace.rest();
  EXPECT_LT(Clock::now() - start, std::chrono::milliseconds(95));  // the longest sleep is 100 ms
}

}  // namespace
}  // namespace weft
