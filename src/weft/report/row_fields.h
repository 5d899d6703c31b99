#pragma once
// Rows of the log as points of a chart.
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/report/points.h"
#include "weft/report/report.h"

namespace weft {

/// A further number of a row by its name; NaN where it has none.
inline double field_of(const MetricsRow& row, std::string_view name) {
  for (const auto& [key, value] : row.more) {
    if (key == name) return value;
  }
  return std::nan("");
}

/// What `get` gives of each row, by step.
template <class Get>
Points over_steps(const ReportInput& input, const Get& get) {
  Points points;
  for (const MetricsRow& row : input.metrics) points.emplace_back(static_cast<double>(row.step), get(row));
  return points;
}

/// The median of a step's time over all steps of the run, resumes included: what a page, `weft runs` and
/// `weft compare` call the time of a step. NaN where there are none.
inline double median_step_ms(const ReportInput& input) {
  std::vector<double> times;
  for (const MetricsRow& row : input.metrics) {
    if (row.step_ms > 0) times.push_back(row.step_ms);
  }
  return median(std::move(times));
}

}  // namespace weft
