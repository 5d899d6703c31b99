#pragma once
// By what the charts of a run may be read: steps, epochs, time.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/report/report.h"

namespace weft {

class RunAxes {
 public:
  explicit RunAxes(const ReportInput& input);

  bool has_epochs() const { return steps_per_epoch_ > 0; }
  double epoch(double step) const { return step / steps_per_epoch_; }
  /// How long the run had been going on when `step` had been done, in `unit()`. Pauses before a resume do not
  /// count.
  double time(double step) const;
  /// "seconds", "minutes", "hours" or "days", as suits the whole run.
  std::string_view unit() const { return unit_; }
  /// After which steps the run was resumed.
  std::span<const double> resumes() const { return resumes_; }
  double seconds() const { return seconds_; }

 private:
  double steps_per_epoch_ = 0;
  std::vector<std::pair<double, double>> elapsed_;  ///< step, seconds
  std::vector<double> resumes_;
  double seconds_ = 0;
  double unit_seconds_ = 1;
  std::string_view unit_;
};

}  // namespace weft
