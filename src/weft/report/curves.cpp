// Charts of the report about the run as it went: loss, gradient, learning rate, throughput; and memory.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weft/base/plural.h"
#include "weft/report/chart.h"
#include "weft/report/row_fields.h"
#include "weft/report/sections.h"
#include "weft/report/text.h"
#include "weft/report/verdict.h"

namespace weft {
namespace {

Chart over_run(const RunAxes& axes) {
  Chart chart;
  chart.axes = &axes;
  return chart;
}

/// NaN where there is none.
double median_of(const Points& points) {
  std::vector<double> values;
  for (const auto& [x, y] : points) {
    if (std::isfinite(y) && y > 0) values.push_back(y);
  }
  return median(std::move(values));
}

int64_t gaps_in(const Points& points) {
  return std::ranges::count_if(points, [](const auto& point) { return !std::isfinite(point.second); });
}

std::string gap_text(const Points& points, const char* what) {
  const int64_t gaps = gaps_in(points);
  if (gaps == 0) return "";
  return fmt::format("At {} {} was not a finite number.",
                     plural(gaps, "step", human_count(static_cast<double>(gaps))), what);
}

}  // namespace

void add_measured(Chart& chart, const std::string& label, const Points& points, int style) {
  constexpr size_t kFew = 60;  // below, nothing has to be smoothed
  if (points.size() < kFew) {
    chart.series.push_back({label, points.size() > 1 ? Mark::line : Mark::dots, style, points});
    return;
  }
  chart.series.push_back({label + " (each step)", Mark::faint_line, style, points});
  chart.series.push_back({label + " (smoothed)", Mark::line, style, smooth(points, std::ssize(points) / 60)});
}

std::string loss_section(const ReportInput& input, const RunAxes& axes) {
  if (input.metrics.empty()) return "";
  const Points training = over_steps(input, [](const MetricsRow& row) { return row.loss; });
  Chart chart = over_run(axes);
  chart.may_be_logarithmic = true;
  add_measured(chart, "training", training, 1);
  for (const Measured& measured : measured_on_validation(input)) {
    if (measured.name == kValidationLoss)
      chart.series.push_back({"validation", Mark::joined_dots, 2, measured.points});
  }
  return section_html("Loss", gap_text(training, "it"), chart_html(chart));
}

std::string metrics_section(const ReportInput& input, const RunAxes& axes) {
  std::string html;
  for (const Measured& measured : measured_on_validation(input)) {
    if (measured.name == kValidationLoss) continue;
    Chart chart = over_run(axes);
    chart.unit = measured.is_share ? Unit::share : Unit::number;
    chart.series.push_back(
        {measured.name + " of the validation data", Mark::joined_dots, 2, measured.points});
    std::string about = fmt::format("Last {}", value_text(measured.points.back().second, measured.is_share));
    if (const auto best = best_of(measured))
      about += fmt::format(", best {} at step {}", value_text(best->second, measured.is_share),
                           human_count(best->first));
    html += section_html("Validation: " + measured.name, about + ".", chart_html(chart), "half");
  }
  return html;
}

std::string gradient_section(const ReportInput& input, const RunAxes& axes) {
  const Points norms =
      over_steps(input, [](const MetricsRow& row) { return field_of(row, "gradient_norm"); });
  if (gaps_in(norms) == std::ssize(norms)) return "";
  Chart chart = over_run(axes);
  chart.may_be_logarithmic = true;
  chart.from_zero = true;
  add_measured(chart, "norm of the gradient", norms, 4);
  return section_html("Gradient norm", "Before it is clipped. " + gap_text(norms, "it"), chart_html(chart),
                      "half");
}

std::string rate_section(const ReportInput& input, const RunAxes& axes) {
  const Points rates = over_steps(input, [](const MetricsRow& row) { return row.learning_rate; });
  if (std::ranges::none_of(rates, [](const auto& point) { return point.second > 0; })) return "";
  Chart chart = over_run(axes);
  chart.from_zero = true;
  chart.series.push_back({"learning rate", rates.size() > 1 ? Mark::line : Mark::dots, 5, rates});
  return section_html("Learning rate", fmt::format("Last {}.", human_number(rates.back().second)),
                      chart_html(chart), "half");
}

std::string throughput_section(const ReportInput& input, const RunAxes& axes) {
  const Points rates = over_steps(input, [](const MetricsRow& row) { return row.samples_per_s; });
  const double middle = median_of(rates);
  if (!std::isfinite(middle)) return "";
  const double ms = median_step_ms(input);
  Chart chart = over_run(axes);
  chart.unit = Unit::per_second;
  chart.from_zero = true;
  add_measured(chart, "samples a second", rates, 3);
  chart.levels.push_back({"median " + human_count(middle), middle});
  return section_html("Throughput", fmt::format("A step takes {} in the median.", human_ms(ms)),
                      chart_html(chart), "half");
}

std::string memory_section(const ReportInput& input) {
  if (input.memory.empty()) return "";
  Points points;
  for (const MemoryPoint& point : input.memory) {
    points.emplace_back(static_cast<double>(point.instruction), static_cast<double>(point.live_bytes));
  }
  const auto peak = std::ranges::max_element(points, {}, &std::pair<double, double>::second);
  Chart chart;
  chart.x_label = "operation of the step";
  chart.unit = Unit::bytes;
  chart.from_zero = true;
  chart.series.push_back({"memory in use", Mark::area, 4, points});
  chart.series.push_back({"most", Mark::dots, 2, {*peak}});
  std::string about = fmt::format("At most {}, at operation {:.0f}", human_bytes(peak->second), peak->first);
  if (!input.peak_op.empty()) about += fmt::format(" ({})", input.peak_op);
  if (input.planned_bytes > 0) {
    const auto planned = static_cast<double>(input.planned_bytes);
    chart.levels.push_back({"planned " + human_bytes(planned), planned});
    about += fmt::format(", of {} planned for weights, optimizer and working memory", human_bytes(planned));
  }
  return section_html("Memory over a step", about + ".", chart_html(chart), "half");
}

}  // namespace weft
