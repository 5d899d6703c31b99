#include "weft/base/deadline.h"

#include <charconv>
#include <ctime>
#include <string_view>

namespace weft {

namespace {

/// "2h30m": numbers with units, each unit once at most, the larger first.
std::optional<std::chrono::seconds> duration_in(std::string_view text) {
  constexpr struct {
    char name;
    int64_t seconds;
  } kUnits[] = {{'d', 86'400}, {'h', 3600}, {'m', 60}, {'s', 1}};
  constexpr int64_t kMost = 1'000'000'000;
  int64_t seconds = 0;
  size_t unit = 0;
  while (!text.empty()) {
    int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > kMost || end == text.data() + text.size())
      return std::nullopt;
    while (unit < std::size(kUnits) && kUnits[unit].name != *end) ++unit;
    if (unit == std::size(kUnits)) return std::nullopt;
    seconds += number * kUnits[unit++].seconds;
    text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  }
  constexpr int64_t kCentury = 36'525LL * 86'400;  // a clock that counts nanoseconds ends in 2262
  if (seconds <= 0 || seconds > kCentury) return std::nullopt;
  return std::chrono::seconds(seconds);
}

/// mktime() makes March of the 30th of February; what it changes was no date. Hours may move by one, as where
/// clocks are put forward.
bool is_same_day(const std::tm& read, const std::tm& made) {
  return read.tm_year == made.tm_year && read.tm_mon == made.tm_mon && read.tm_mday == made.tm_mday &&
         read.tm_sec == made.tm_sec;
}

std::optional<std::chrono::system_clock::time_point> time_in(const std::string& text) {
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"}) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    parts.tm_isdst = -1;
    const std::tm read = parts;
    const std::time_t time = std::mktime(&parts);
    if (time != -1 && is_same_day(read, parts)) return time_since_1970(time);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> time_since_1970(int64_t seconds) {
  using Clock = std::chrono::system_clock;
  constexpr int64_t kMost = std::chrono::duration_cast<std::chrono::seconds>(Clock::duration::max()).count();
  if (seconds < -kMost || seconds > kMost) return std::nullopt;
  return Clock::from_time_t(seconds);
}

std::optional<Deadline> Deadline::parse(const std::string& text) {
  Deadline made;
  made.text_ = text;
  if (text.empty()) return made;
  made.after_ = duration_in(text);
  made.when_ = time_in(text);
  if (!made.after_ && !made.when_) return std::nullopt;
  return made;
}

std::optional<std::chrono::system_clock::time_point> Deadline::at(
    std::chrono::system_clock::time_point start) const {
  if (after_) return start + *after_;
  return when_;
}

}  // namespace weft
