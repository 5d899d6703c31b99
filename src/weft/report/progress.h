#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace weft {

/// The line that a person watches, on stderr. On a terminal it is rewritten in place a few times a second,
/// and those that are `kept` stay above it; elsewhere only these are written, a line each. Rates and the time
/// that is left are means: over what was done since the last kept line, and since the start.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;
  /// `steps` in all, of which `done` lie behind; `units` ("tokens") are what a step has so many of.
  Progress(int64_t steps, int64_t done, double units_a_step, std::string unit,
           Clock::time_point now = Clock::now());

  /// After step `step` (counted from 1). `more`: what stands behind the loss, such as "  3 updates left out".
  void show(int64_t step, double loss, const std::string& more, bool kept);
  /// The line itself, and what was done up to it counts as kept.
  std::string line(int64_t step, double loss, const std::string& more, bool kept, Clock::time_point now);
  /// A line of its own, above the progress line; what a terminal would obey is written as base/printable.h
  /// has it.
  static void say(const std::string& text);

 private:
  int64_t steps_;
  int64_t first_;
  double units_a_step_;
  std::string unit_;
  Clock::time_point began_;
  int64_t kept_step_;
  Clock::time_point kept_at_;
  Clock::time_point shown_at_{};
};

/// "1:05" or "2:03:04".
std::string clock_text(double seconds);

}  // namespace weft
