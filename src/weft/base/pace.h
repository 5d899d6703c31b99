#pragma once
#include <chrono>
#include <functional>
#include <utility>

namespace weft {

/// Keeps the work of a background thread small beside a step: the thread calls rest() after every piece of
/// some milliseconds, and sleeps there so long that it takes no more than `share` of a core, but at most 100
/// ms. Time in which it waits, for a disk or for a core, does not count.
class Pace {
 public:
  /// `share`: above 0; from 1 on the thread never sleeps. `hurries`, which is asked after every piece:
  /// whether somebody waits for the work, so that there is no time for sleeping. Empty: never.
  explicit Pace(double share, std::function<bool()> hurries = {})
      : least_(share), share_(share), hurries_(std::move(hurries)) {}

  /// From here on the thread's time counts; takes at least `share` this time.
  void begin(double share = 0);
  /// After a piece.
  void rest();
  /// Of a core, since begin().
  std::chrono::duration<double> worked() const { return worked_; }

 private:
  double least_;  ///< share
  double share_;  ///< since begin()
  std::function<bool()> hurries_;
  std::chrono::duration<double> woke_{0};  ///< the thread's time when it last did
  std::chrono::duration<double> worked_{0};
};

}  // namespace weft
