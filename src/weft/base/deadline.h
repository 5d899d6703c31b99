#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace weft {

/// When something must have ended: a time of the day, or so long after the start. "" is never.
class Deadline {
 public:
  Deadline() = default;
  /// "2h30m", "90m", "45s"; "2026-11-28 07:30" (local time, seconds may follow). Nothing where it is none of
  /// these.
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
