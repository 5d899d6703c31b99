#pragma once
#include <array>
#include <chrono>
#include <vector>

#include "weft/report/report.h"
#include "weft/train/observer.h"

namespace weft {

/// What this rank spends its time with, and what all ranks do.
class RankTimes {
 public:
  explicit RankTimes(const Session& session) : session_(session) {}

  void begins() { began_activity_ = Clock::now(); }
  void ends(const Activity& activity) {
    spent_[static_cast<size_t>(activity.spent)] += since(began_activity_);
  }

  /// Collective: of all ranks, in order, since this was made.
  std::vector<RankTime> gather() const;

 private:
  using Clock = std::chrono::steady_clock;
  static double since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  double spent(Spent what) const { return spent_[static_cast<size_t>(what)]; }

  const Session& session_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point began_activity_;
  std::array<double, 4> spent_{};  ///< ms, by Spent
};

/// Of times that each rank took for the same communications (a row a rank): what is as long as on the rank
/// that took least is communication, and what is beyond it waiting for others. Takes the least of sums, so
/// that ranks that are late in turn are not seen to wait: what it calls waiting is the least that it was.
struct SharedTimes {
  std::vector<double> communication;  ///< by rank
  std::vector<double> waiting;
};
SharedTimes split_communication(const std::vector<std::vector<double>>& ms);

}  // namespace weft
