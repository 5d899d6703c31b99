#include "weft/report/run_axes.h"

#include <algorithm>
#include <array>

namespace weft {

RunAxes::RunAxes(const ReportInput& input) : steps_per_epoch_(input.run.steps_per_epoch) {
  for (size_t i = 1; i < input.run.parts.size(); ++i) {
    resumes_.push_back(static_cast<double>(input.run.parts[i].after_step));
  }
  const MetricsRow* before = nullptr;
  for (const MetricsRow& row : input.metrics) {
    double took = row.step_ms / 1000;
    const bool is_resumed =
        before != nullptr && std::ranges::find(resumes_, static_cast<double>(before->step)) != resumes_.end();
    // From step to step lie evaluations and checkpoints, too.
    if (before != nullptr && !is_resumed && row.time && before->time && *row.time >= *before->time) {
      took = *row.time - *before->time;
    }
    seconds_ += took;
    elapsed_.emplace_back(static_cast<double>(row.step), seconds_);
    before = &row;
  }
  struct Of {
    std::string_view name;
    double seconds;
    double up_to;
  };
  constexpr std::array kUnits = {Of{"seconds", 1, 180}, Of{"minutes", 60, 180 * 60},
                                 Of{"hours", 3600, 72 * 3600}, Of{"days", 86400, 0}};
  for (const Of& unit : kUnits) {
    unit_ = unit.name;
    unit_seconds_ = unit.seconds;
    if (seconds_ < unit.up_to) break;
  }
}

double RunAxes::time(double step) const {
  if (elapsed_.empty()) return 0;
  const auto after = std::ranges::lower_bound(elapsed_, step, {}, &std::pair<double, double>::first);
  if (after == elapsed_.end()) return elapsed_.back().second / unit_seconds_;
  if (after == elapsed_.begin() || after->first == step) return after->second / unit_seconds_;
  const auto& [x0, y0] = *(after - 1);
  const auto& [x1, y1] = *after;
  return (y0 + (y1 - y0) * (step - x0) / (x1 - x0)) / unit_seconds_;
}

}  // namespace weft
