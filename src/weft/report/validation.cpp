// Sections of the report about metrics on the validation data, which rows name "validation_accuracy" and so
// on.
#include <fmt/format.h>

#include <map>

#include "weft/report/chart.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"

namespace weft {

namespace {

constexpr std::string_view kPrefix = "validation_";

using Points = std::vector<std::pair<double, double>>;

/// Of each metric: its values by step.
std::map<std::string, Points> metric_points(const ReportInput& input) {
  std::map<std::string, Points> metrics;
  for (const MetricsRow& row : input.metrics) {
    for (const auto& [name, value] : row.more) {
      if (!name.starts_with(kPrefix)) continue;
      metrics[name.substr(kPrefix.size())].emplace_back(static_cast<double>(row.step), value);
    }
  }
  return metrics;
}

}  // namespace

std::string metrics_section(const ReportInput& input) {
  std::string html;
  for (const auto& [name, points] : metric_points(input)) {
    Chart chart;
    chart.x_label = "step";
    chart.series.push_back({name, points.size() > 1 ? Mark::line : Mark::dots, 2, points});
    html += section_html("Validation: " + name, fmt::format("Last {}.", human_number(points.back().second)),
                         chart_html(chart));
  }
  return html;
}

}  // namespace weft
