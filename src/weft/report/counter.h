#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "weft/base/terminal.h"

namespace weft {

/// A line on stderr that counts, a few times a second on a terminal and every ten seconds elsewhere. What is
/// mostly over sooner says after how many seconds the first is wanted, wherever it goes.
class Counter {
 public:
  explicit Counter(std::string what, std::optional<double> first_after_s = {})
      : what_(std::move(what)),
        terminal_(is_terminal(STDERR_FILENO)),
        wait_s_(first_after_s.value_or(interval_s())) {}
  void show(int64_t done, int64_t total) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> since = now - last_;
    if (since.count() < wait_s_) return;
    last_ = now;
    wait_s_ = interval_s();
    shown_ = true;
    std::fputs(
        fmt::format("{}{} {} of {}{}", terminal_ ? "\r" : "", what_, done, total, terminal_ ? "" : "\n")
            .c_str(),
        stderr);
  }
  ~Counter() {
    if (shown_ && terminal_) std::fputs("\r\033[K", stderr);
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

 private:
  double interval_s() const { return terminal_ ? 0.2 : 10.0; }

  std::string what_;
  bool terminal_;
  double wait_s_;  ///< from the line before, or from the start
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace weft
