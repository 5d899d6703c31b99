#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace weft {

/// A line on stderr that counts, a few times a second on a terminal and every ten seconds elsewhere.
class Counter {
 public:
  explicit Counter(std::string what) : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) == 1) {}
  void show(int64_t done, int64_t total) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> since = now - last_;
    if (since.count() < (terminal_ ? 0.2 : 10.0)) return;
    last_ = now;
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
  std::string what_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace weft
