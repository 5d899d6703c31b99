#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace weft {

/// Nothing where the clock, which counts nanoseconds, does not go so far.
std::optional<std::chrono::system_clock::time_point> time_since_1970(int64_t seconds);

/// When something must have ended: a time of the day, or so long after the start. "" is never.
class Deadline {
 public:
  Deadline() = default;
  /// "2h30m", "90m", "45s"; "2026-11-28 07:30" (local time, seconds may follow). Nothing where it is none of
  /// these, such as the 30th of February, or more than a century away.
  static std::optional<Deadline> parse(const std::string& text);
  const std::string& text() const { return text_; }
  /// The point in time, where there is one; `start`: of what must end.
  std::optional<std::chrono::system_clock::time_point> at(std::chrono::system_clock::time_point start) const;
  bool operator==(const Deadline&) const = default;

 private:
  std::string text_;
  std::optional<std::chrono::seconds> after_;
  std::optional<std::chrono::system_clock::time_point> when_;
};

}  // namespace weft
