#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace weft {

/// The line that a person watches: on a terminal rewritten in place, in a file one line each time. Writes to
/// stderr.
class Progress {
 public:
  /// `steps` in all, of which `done` lie behind.
  Progress(int64_t steps, int64_t done);
  /// After step `step` (counted from 1).
  /// `more`: what stands behind the loss, such as "  3 updates skipped".
  void show(int64_t step, double loss, const std::string& more, double samples_per_s,
            const std::string& unit);
  /// A line of its own, above the progress line.
  static void say(const std::string& text);

 private:
  int64_t steps_;
  int64_t first_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// "1:05" or "2:03:04".
std::string clock_text(double seconds);

}  // namespace weft
