// Sections of the report about the run as it went: headline numbers, loss, throughput, memory.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "weft/report/chart.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"

namespace weft {
namespace {

using Points = std::vector<std::pair<double, double>>;

// More points than a wide screen has pixels only make the page heavier.
constexpr size_t kMaxPoints = 600;

template <class Get>
Points points_of(const ReportInput& input, const Get& get) {
  Points points;
  for (const MetricsRow& row : input.metrics) points.emplace_back(static_cast<double>(row.step), get(row));
  return points;
}

Points validation_points(const ReportInput& input) {
  Points points;
  for (const MetricsRow& row : input.metrics) {
    if (row.validation_loss) points.emplace_back(static_cast<double>(row.step), *row.validation_loss);
  }
  return points;
}

/// NaN where there is none.
template <class Get>
double median(const ReportInput& input, const Get& get) {
  std::vector<double> values;
  for (const MetricsRow& row : input.metrics) {
    if (std::isfinite(get(row)) && get(row) > 0) values.push_back(get(row));
  }
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string tile(const std::string& value, const std::string& what) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>", escape_html(value),
                     escape_html(what));
}

/// The faint measured line and its smoothed twin.
std::vector<Series> measured_and_smoothed(const std::string& label, const Points& points, int color) {
  const auto half = static_cast<int64_t>(points.size() / 60);
  std::vector<Series> series;
  if (points.size() > 1)
    series.push_back({label + " (each step)", Mark::faint_line, color, extremes(points, kMaxPoints)});
  series.push_back({points.size() > 1 ? label + " (smoothed)" : label,
                    points.size() > 1 ? Mark::line : Mark::dots, color,
                    extremes(smooth(points, half), kMaxPoints)});
  return series;
}

double rate_of(const MetricsRow& row) { return row.samples_per_s; }
double ms_of(const MetricsRow& row) { return row.step_ms; }

}  // namespace

std::string tiles_section(const ReportInput& input) {
  if (input.metrics.empty()) return "";
  const MetricsRow& last = input.metrics.back();
  std::string html = tile(human_count(static_cast<double>(last.step)), "steps");
  html += tile(human_number(last.loss), "last training loss");
  double best = std::nan("");
  for (const auto& [step, loss] : validation_points(input)) best = std::fmin(best, loss);
  if (std::isfinite(best)) html += tile(human_number(best), "best validation");
  if (last.tokens) html += tile(human_count(static_cast<double>(*last.tokens)), "tokens");
  html += tile(human_ms(median(input, ms_of)), "median step");
  html += tile(human_count(median(input, rate_of)), "samples/s");
  if (input.planned_bytes > 0)
    html += tile(human_bytes(static_cast<double>(input.planned_bytes)), "states and arena");
  return fmt::format("<div class=\"tiles\">{}</div>\n", html);
}

std::string loss_section(const ReportInput& input) {
  if (input.metrics.empty()) return "";
  Chart loss;
  loss.x_label = "step";
  loss.series =
      measured_and_smoothed("training", points_of(input, [](const MetricsRow& row) { return row.loss; }), 1);
  const Points validation = validation_points(input);
  if (!validation.empty()) loss.series.push_back({"validation", Mark::dots, 2, validation});
  return section_html("Loss", "", chart_html(loss), "wide");
}

std::string rate_section(const ReportInput& input) {
  const Points rates = points_of(input, [](const MetricsRow& row) { return row.learning_rate; });
  if (std::none_of(rates.begin(), rates.end(), [](const auto& point) { return point.second > 0; })) return "";
  Chart rate;
  rate.x_label = "step";
  rate.from_zero = true;
  rate.series.push_back({"learning rate", Mark::line, 5, extremes(rates, kMaxPoints)});
  return section_html("Learning rate", "", chart_html(rate));
}

std::string throughput_section(const ReportInput& input) {
  const double middle = median(input, rate_of);
  if (!std::isfinite(middle)) return "";
  Chart chart;
  chart.x_label = "step";
  chart.unit = Unit::per_second;
  chart.from_zero = true;
  chart.series = measured_and_smoothed("samples/s", points_of(input, rate_of), 3);
  chart.levels.push_back({"median " + human_count(middle), middle});
  return section_html("Throughput",
                      fmt::format("A step takes {} in the median.", human_ms(median(input, ms_of))),
                      chart_html(chart));
}

std::string memory_section(const ReportInput& input) {
  if (input.memory.empty()) return "";
  Points points;
  for (const MemoryPoint& point : input.memory) {
    points.emplace_back(static_cast<double>(point.instruction), static_cast<double>(point.live_bytes));
  }
  const auto peak = std::max_element(points.begin(), points.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  Chart chart;
  chart.x_label = "instruction of the step";
  chart.unit = Unit::bytes;
  chart.from_zero = true;
  chart.series.push_back({"live bytes", Mark::area, 4, points});
  chart.series.push_back({"peak", Mark::dots, 2, {*peak}});
  std::string about = fmt::format("Peak {} at instruction {:.0f}", human_bytes(peak->second), peak->first);
  if (!input.peak_op.empty()) about += fmt::format(" ({})", input.peak_op);
  if (input.planned_bytes > 0) {
    const auto arena = static_cast<double>(input.planned_bytes);
    chart.levels.push_back({"states and arena " + human_bytes(arena), arena});
    about += fmt::format("; the arena holds {}, {:.1f}% above it", human_bytes(arena),
                         (arena / std::max(peak->second, 1.0) - 1) * 100);
  }
  return section_html("Memory over a step", about + ". All of it is the plan's.", chart_html(chart));
}

}  // namespace weft
