#pragma once
#include <cstdint>

namespace weft {

/// How much faster than a peer the source must seem to be asked instead: it is everybody's, and what one rank
/// takes from it slows all others.
inline constexpr double kClearlyFaster = 1.5;

/// How fast an origin has answered lately: an exponentially weighted mean of the time per record and per
/// byte, of what one of several requests under way at once takes of it.
class SourceSpeed {
 public:
  void observe(int64_t bytes, double ms, int64_t under_way) {
    const double own_ms = ms / static_cast<double>(under_way < 1 ? 1 : under_way);
    const double per_byte = own_ms / static_cast<double>(bytes < 1024 ? 1024 : bytes);
    ms_per_byte_ = observed_ ? ms_per_byte_ + kWeight * (per_byte - ms_per_byte_) : per_byte;
    known_ = observed_ = true;
  }
  /// Until the first record has come.
  void expect(double ms_per_byte) {
    if (observed_) return;
    ms_per_byte_ = ms_per_byte;
    known_ = true;
  }
  /// Whether there is an estimate.
  bool known() const { return known_; }
  /// Until a record of `bytes` is here, with this many requests before it.
  double estimate_ms(int64_t bytes, int64_t under_way) const {
    return ms_per_byte_ * static_cast<double>(bytes < 1024 ? 1024 : bytes) *
           static_cast<double>(under_way + 1);
  }

 private:
  static constexpr double kWeight = 0.02;
  double ms_per_byte_ = 0;
  bool known_ = false;
  bool observed_ = false;
};

}  // namespace weft
