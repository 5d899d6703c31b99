#include "weft/base/deadline.h"

#include <gtest/gtest.h>

#include <ctime>

namespace weft {
namespace {

using Clock = std::chrono::system_clock;
using std::chrono::seconds;

const Clock::time_point kStart = Clock::from_time_t(1'700'000'000);

std::optional<int64_t> seconds_after_start(const std::string& text) {
  const auto deadline = Deadline::parse(text);
  if (!deadline || !deadline->at(kStart)) return std::nullopt;
  return std::chrono::duration_cast<seconds>(*deadline->at(kStart) - kStart).count();
}

TEST(Deadline, IsSoLongAfterTheStart) {
  EXPECT_EQ(seconds_after_start("45s"), 45);
  EXPECT_EQ(seconds_after_start("90m"), 5400);
  EXPECT_EQ(seconds_after_start("2h30m"), 9000);
  EXPECT_EQ(seconds_after_start("1d12h"), 129'600);
  EXPECT_EQ(seconds_after_start("1d2h3m4s"), 93'784);
}

TEST(Deadline, IsATimeOfTheDay) {
  std::tm parts{};
  parts.tm_year = 126;
  parts.tm_mon = 10;
  parts.tm_mday = 28;
  parts.tm_hour = 7;
  parts.tm_min = 30;
  parts.tm_isdst = -1;
  const auto when = Clock::from_time_t(std::mktime(&parts));
  for (const char* text :
       {"2026-11-28 07:30", "2026-11-28T07:30", "2026-11-28 07:30:00", "2026-11-28T07:30:00"}) {
    ASSERT_TRUE(Deadline::parse(text).has_value()) << text;
    EXPECT_EQ(Deadline::parse(text)->at(kStart), when) << text;
    EXPECT_EQ(Deadline::parse(text)->text(), text);
  }
}

TEST(Deadline, EmptyIsNever) {
  ASSERT_TRUE(Deadline::parse("").has_value());
  EXPECT_FALSE(Deadline::parse("")->at(kStart).has_value());
}

TEST(Deadline, ADateThatThereIsNotIsNone) {
  for (const char* text : {"2027-02-29 10:00", "2027-02-30 10:00", "2027-02-31T10:00:00", "2027-04-31 10:00",
                           "2027-11-31 00:00:00", "2100-02-29 12:00", "2027-01-00 10:00", "2027-01-32 10:00",
                           "2027-01-01 24:00", "2027-01-01 10:00:60"}) {
    EXPECT_FALSE(Deadline::parse(text).has_value()) << text;
  }
  for (const char* text : {"2028-02-29 10:00", "2027-12-31 23:59:59"})
    EXPECT_TRUE(Deadline::parse(text).has_value()) << text;
}

TEST(Deadline, WhatAClockCannotCountIsNone) {
  for (const char* text : {"9999-01-01 00:00", "1000000000d", "36526d", "1000000d1h"})
    EXPECT_FALSE(Deadline::parse(text).has_value()) << text;
  EXPECT_EQ(seconds_after_start("36525d"), 36'525LL * 86'400);
  EXPECT_TRUE(time_since_1970(1'700'000'000).has_value());
  EXPECT_FALSE(time_since_1970(100'000'000'000).has_value());
}

TEST(Deadline, AnythingElseIsNone) {
  for (const char* text : {"soon", "5", "h", "5x", "30m2h", "2h2h", "-5m", "0s", "1e3s", "99999999999s",
                           "5m ", "2026-11-28", "2026-13-01 07:30", "07:30", "2026-11-28 07:30 UTC"}) {
    EXPECT_FALSE(Deadline::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace weft
