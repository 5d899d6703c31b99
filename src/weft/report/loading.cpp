// The report's section on loading: what the steps waited for, where records came from, what the tiers hold.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "weft/report/chart.h"
#include "weft/report/row_fields.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"

namespace weft {
namespace {

constexpr std::string_view kLoaded = "load_";
constexpr std::string_view kHeld = "held_bytes ";

double bytes_field(const MetricsRow& row, std::string_view name) {
  for (const auto& [key, bytes] : row.bytes) {
    if (key == name) return static_cast<double>(bytes);
  }
  return 0;
}

double mean_of_finite(const Points& points) {
  double sum = 0;
  int64_t count = 0;
  for (const auto& [x, y] : points) {
    if (!std::isfinite(y)) continue;
    sum += y;
    ++count;
  }
  return count == 0 ? std::nan("") : sum / static_cast<double>(count);
}

/// Where records come from, as the log names it: this rank's memory first.
std::vector<std::string> origins(const ReportInput& input) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : input.metrics.back().bytes) {
    if (name.starts_with(kLoaded)) names.push_back(name.substr(kLoaded.size()));
  }
  return names;
}

double bytes_from(const MetricsRow& row, const std::string& origin) {
  return bytes_field(row, std::string(kLoaded) + origin);
}

std::string origins_table(const ReportInput& input) {
  const std::vector<std::string> names = origins(input);
  std::vector<double> bytes(names.size());
  for (const MetricsRow& row : input.metrics) {
    for (size_t i = 0; i < names.size(); ++i) bytes[i] += bytes_from(row, names[i]);
  }
  const double all = std::max(1.0, std::accumulate(bytes.begin(), bytes.end(), 0.0));
  std::string rows;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == 0) continue;
    const double latency = mean_of_finite(
        over_steps(input, [&](const MetricsRow& row) { return field_of(row, "latency_ms_" + names[i]); }));
    rows += fmt::format("<tr><th>{}</th><td>{}</td><td>{:.1f}%</td><td>{}</td></tr>\n", escape_html(names[i]),
                        human_bytes(bytes[i]), 100 * bytes[i] / all,
                        std::isfinite(latency) ? human_ms(latency) : "–");
  }
  return "<table><thead><tr><th>from</th><td>bytes</td><td>share</td><td>mean latency</td></tr></thead>"
         "<tbody>\n" +
         rows + "</tbody></table>";
}

Chart over_run(const RunAxes& axes) {
  Chart chart;
  chart.axes = &axes;
  chart.from_zero = true;
  return chart;
}

std::string stall_chart(const ReportInput& input, const RunAxes& axes) {
  Chart chart = over_run(axes);
  chart.series.push_back(
      {"milliseconds that a step waited for data", Mark::line, 2,
       over_steps(input, [](const MetricsRow& row) { return field_of(row, "stall_ms"); })});
  return chart_html(chart);
}

/// Bytes of each step from beyond this rank's memory, and what the tiers hold.
std::string bytes_chart(const ReportInput& input, const RunAxes& axes) {
  Chart chart = over_run(axes);
  chart.unit = Unit::bytes;
  const auto half = static_cast<int64_t>(input.metrics.size() / 60);
  const std::vector<std::string> names = origins(input);
  for (size_t i = 1; i < names.size(); ++i) {
    const Points points = over_steps(input, [&](const MetricsRow& row) { return bytes_from(row, names[i]); });
    if (std::none_of(points.begin(), points.end(), [](const auto& point) { return point.second > 0; }))
      continue;
    chart.series.push_back({fmt::format("from {}, a step", names[i]), Mark::line, static_cast<int>(i) + 1,
                            smooth(points, half)});
  }
  return chart_html(chart);
}

std::string tiers_chart(const ReportInput& input, const RunAxes& axes) {
  Chart chart = over_run(axes);
  chart.unit = Unit::bytes;
  for (const auto& held : input.metrics.back().more) {
    const std::string& name = held.first;
    if (!name.starts_with(kHeld)) continue;
    chart.series.push_back({"held in " + name.substr(kHeld.size()), Mark::line,
                            static_cast<int>(chart.series.size()) % 5 + 1,
                            over_steps(input, [&](const MetricsRow& row) { return field_of(row, name); })});
  }
  return chart_html(chart);
}

}  // namespace

std::string loading_section(const ReportInput& input, const RunAxes& axes) {
  double stalled = 0;
  double wall = 0;
  bool streamed = false;
  for (const MetricsRow& row : input.metrics) {
    const double stall = field_of(row, "stall_ms");
    if (!std::isfinite(stall)) continue;
    streamed = true;
    stalled += stall;
    wall += row.step_ms;
  }
  if (!streamed) return "";
  const std::string about =
      fmt::format("The steps waited {} for data, {:.2f}% of their time. Figures of rank 0.",
                  human_ms(stalled), 100 * stalled / std::max(wall, 1e-9));
  return section_html("Loading", about,
                      origins_table(input) + "<div class=\"charts\">" + stall_chart(input, axes) +
                          bytes_chart(input, axes) + tiers_chart(input, axes) + "</div>");
}

}  // namespace weft
