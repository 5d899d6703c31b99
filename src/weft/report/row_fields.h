#pragma once
// Rows of the log as points of a chart.
#include <cmath>
#include <string_view>

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

}  // namespace weft
