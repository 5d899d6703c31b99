#include "weft/base/pace.h"

#include <algorithm>
#include <ctime>
#include <thread>

namespace weft {

namespace {

/// Whoever begins to wait is seen after this time.
constexpr std::chrono::milliseconds kLongest{100};

std::chrono::duration<double> used_by_this_thread() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

void Pace::begin(double share) {
  share_ = std::max(least_, share);
  worked_ = {};
  woke_ = used_by_this_thread();
}

void Pace::rest() {
  const std::chrono::duration<double> piece = used_by_this_thread() - woke_;
  worked_ += piece;
  if (share_ < 1 && !(hurries_ && hurries_())) {
    std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(kLongest, piece * (1 / share_ - 1)));
  }
  woke_ = used_by_this_thread();
}

}  // namespace weft
