#pragma once
#include <algorithm>
#include <cstdint>

namespace weft {

/// A token bucket: on average at most so many bytes a second, in bursts of at most kBurstMs' worth. What is
/// allowed is sent whole, however large, and paid off before the next.
class RateLimit {
 public:
  /// 0: no limit.
  explicit RateLimit(int64_t bytes_per_second) : per_ms_(static_cast<double>(bytes_per_second) * 1e-3) {}
  /// Whether something may be sent now. The clock is the caller's.
  bool allows(double now_ms) {
    if (per_ms_ == 0) return true;
    refill(now_ms);
    return tokens_ > 0;
  }
  void spend(int64_t bytes, double now_ms) {
    if (per_ms_ == 0) return;
    refill(now_ms);
    tokens_ -= static_cast<double>(bytes);
  }

 private:
  static constexpr double kBurstMs = 20;

  void refill(double now_ms) {
    if (!begun_) last_ms_ = now_ms - kBurstMs;
    begun_ = true;
    tokens_ = std::min(tokens_ + (now_ms - last_ms_) * per_ms_, kBurstMs * per_ms_);
    last_ms_ = now_ms;
  }

  double per_ms_;
  double tokens_ = 0;
  double last_ms_ = 0;
  bool begun_ = false;
};

}  // namespace weft
