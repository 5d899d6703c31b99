#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "weft/report/metrics_log.h"

namespace weft {

/// Tells steps that take much longer than those before them: a disk that stalls, a neighbour on the machine.
class SlowSteps {
 public:
  /// A sentence about a step that took more than kFactor times the median of the kWindow steps before it, and
  /// at least kLeastMs; nothing for others, and before kWindow steps are known.
  std::optional<std::string> look_at(const MetricsRow& row);

  static constexpr size_t kWindow = 50;
  static constexpr double kFactor = 5;
  static constexpr double kLeastMs = 1000;

 private:
  std::vector<double> last_;  ///< a ring
  size_t next_ = 0;
};

}  // namespace weft
