#include "weft/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "weft/report/drawing.h"
#include "weft/report/text.h"

namespace weft {
namespace {

/// It is above 0, and not so far from 1 that the ratio of two is infinite.
bool has_logarithm(double y) { return y > 1e-100 && y < 1e100; }

/// Of all that is drawn; low > high where there is nothing.
ValueRange y_range(const Chart& chart, bool is_logarithmic) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  ValueRange range{kFar, -kFar};
  const auto include = [&](const ValueRange& other) {
    range.low = std::min(range.low, other.low);
    range.high = std::max(range.high, other.high);
  };
  for (const Series& series : chart.series) {
    if (!is_logarithmic) {
      include(usual_range(series.points));
      continue;
    }
    Points logarithms;
    for (const auto& [x, y] : series.points)
      logarithms.emplace_back(x, has_logarithm(y) ? std::log10(y) : std::nan(""));
    const ValueRange usual = usual_range(logarithms);
    if (usual.low <= usual.high) include({std::pow(10, usual.low), std::pow(10, usual.high)});
  }
  if (range.low > range.high) return range;
  for (const Level& level : chart.levels) {
    if (!is_logarithmic || has_logarithm(level.y)) include({level.y, level.y});
  }
  constexpr double kMargin = 0.06;
  if (is_logarithmic) {
    const double factor = std::pow(std::max(range.high / range.low, 1.1), kMargin);
    return {range.low / factor, range.high * factor};
  }
  if (chart.from_zero) include({0, 0});
  const double height = range.high - range.low;
  const double margin = height > 0 ? height * kMargin : std::max(std::abs(range.high) * 0.1, 1e-9);
  return {chart.from_zero && range.low >= 0 ? 0 : range.low - margin, range.high + margin};
}

ValueRange x_range(const Chart& chart) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  ValueRange range{kFar, -kFar};
  for (const Series& series : chart.series) {
    for (const auto& [x, y] : series.points) {
      if (!can_be_drawn(y)) continue;
      range.low = std::min(range.low, x);
      range.high = std::max(range.high, x);
    }
  }
  if (range.low == range.high) return {range.low - 1, range.high + 1};
  return range;
}

/// Dashes tell the lines of a chart apart; a line that is alone needs none.
bool has_several_styles(const Chart& chart) {
  return std::ranges::any_of(chart.series,
                             [&](const Series& series) { return series.style != chart.series[0].style; });
}

/// Most values of each series are above 0.
bool suits_logarithm(const Chart& chart) {
  if (!chart.may_be_logarithmic) return false;
  return std::ranges::all_of(chart.series, [](const Series& series) {
    const auto above =
        std::ranges::count_if(series.points, [](const auto& point) { return has_logarithm(point.second); });
    return 2 * above >= std::ssize(series.points);
  });
}

/// What the page's script needs to say what lies under the finger: x, y and, over steps, the time.
std::string data_of(const Chart& chart) {
  // f32 digits suffice for a label and halve the page.
  const auto shortened = [](double value) { return nlohmann::json::parse(fmt::format("{:.6g}", value)); };
  nlohmann::json data = {{"xlabel", chart.x_label}, {"unit", chart.unit == Unit::bytes ? "bytes" : "number"}};
  if (chart.axes != nullptr) data["time"] = chart.axes->unit();
  if (chart.axes != nullptr && chart.axes->has_epochs()) data["epoch"] = chart.axes->epoch(1);
  data["series"] = nlohmann::json::array();
  for (const Series& series : chart.series) {
    nlohmann::json points = nlohmann::json::array();
    for (const auto& [x, y] : extremes(series.points, kMaxPoints)) {
      if (!can_be_drawn(y)) continue;
      nlohmann::json point = {x, shortened(y)};
      if (chart.axes != nullptr) point.push_back(shortened(chart.axes->time(x)));
      points.push_back(std::move(point));
    }
    data["series"].push_back({{"label", series.label}, {"points", std::move(points)}});
  }
  return escape_html(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

/// The line as the plot draws it, dashes and all.
std::string key_svg(const Series& series) {
  std::string paths;
  if (series.mark == Mark::area) {
    paths = fmt::format("<path class=\"area s{}\" d=\"M1 1H25V9H1Z\"/>", series.style);
  } else if (series.mark != Mark::dots) {
    paths = fmt::format("<path class=\"{} s{}\" d=\"M1 5H25\"/>", mark_class(series.mark), series.style);
  }
  if (series.mark == Mark::dots || series.mark == Mark::joined_dots)
    paths += fmt::format("<path class=\"dots s{}\" d=\"M13 5h0\"/>", series.style);
  return "<svg viewBox=\"0 0 26 10\" aria-hidden=\"true\">" + paths + "</svg>";
}

std::string legend_of(const Chart& chart, const ValueRange& x) {
  std::string html = "<figcaption>";
  for (const Series& series : chart.series) {
    html += fmt::format("<span class=\"key\">{}{}</span>", key_svg(series), escape_html(series.label));
  }
  const bool is_resumed =
      chart.axes != nullptr &&
      std::ranges::any_of(chart.axes->resumes(), [&](double step) { return x.contains(step); });
  if (is_resumed)
    html +=
        "<span class=\"key\"><svg viewBox=\"0 0 26 10\" aria-hidden=\"true\"><path class=\"resume\" d=\"M13 "
        "0V10\"/></svg>resumed</span>";
  return html + "</figcaption>";
}

}  // namespace

std::string chart_html(const Chart& chart) {
  const ValueRange x = x_range(chart);
  const ValueRange y = y_range(chart, false);
  if (x.low > x.high) return "";
  const bool has_log = suits_logarithm(chart);
  std::string plots;
  const auto draw = [&](const ValueRange& heights, bool is_log) {
    const std::string scale = has_log ? is_log ? " log" : " linear" : "";
    const std::string counted = "view" + std::string(chart.axes != nullptr ? " by-count" : "") + scale;
    plots += Drawing(chart, {Scale(x, false), Scale(heights, is_log), false, counted}).html();
    if (chart.axes == nullptr) return;
    ValueRange time{chart.axes->time(x.low), chart.axes->time(x.high)};
    if (!(time.high > time.low)) time.high = time.low + 1;
    const std::string timed = "view by-time" + scale;
    plots += Drawing(chart, {Scale(time, false), Scale(heights, is_log), true, timed}).html();
  };
  draw(y, false);
  if (has_log) draw(y_range(chart, true), true);
  return fmt::format("<figure class=\"chart{}\" data-chart=\"{}\">{}{}</figure>\n",
                     has_several_styles(chart) ? " several" : "", data_of(chart), legend_of(chart, x), plots);
}

}  // namespace weft
