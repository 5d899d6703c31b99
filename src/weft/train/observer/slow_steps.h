#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weft/report/metrics_log.h"

namespace weft {

/// Tells steps that take much longer than those before them: a disk that stalls, a neighbour on the machine.
/// The first is told at once; where others follow, they are added up, and told at most once a minute.
class SlowSteps {
 public:
  /// A sentence about slow steps: those that took more than kFactor times the median of the kWindow steps
  /// before them, and at least kLeastMs. Nothing before kWindow steps are known, and within kQuietMs of the
  /// steps' time after a sentence.
  std::optional<std::string> look_at(const MetricsRow& row);
  /// About those that no sentence has told yet.
  std::optional<std::string> rest();

  static constexpr size_t kWindow = 50;
  static constexpr double kFactor = 5;
  static constexpr double kLeastMs = 1000;
  static constexpr double kQuietMs = 60'000;

 private:
  struct Untold {
    int64_t count = 0;
    MetricsRow longest;
    double stalled_ms = 0;  ///< that they waited for data
    double usual_ms = 0;    ///< the median when the last of them came
  };
  bool is_slow(const MetricsRow& row);
  void remember(double step_ms);
  std::string tell();

  std::vector<double> last_;  ///< a ring
  size_t next_ = 0;
  Untold untold_;
  int64_t steps_since_ = 0;     ///< since the last sentence
  double ms_since_ = kQuietMs;  ///< likewise
};

}  // namespace weft
