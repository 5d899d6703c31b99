#include "weft/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "weft/report/text.h"

namespace weft {
namespace {

using Points = std::vector<std::pair<double, double>>;

/// What the plot shows, in data units; mapped to a square of kSide units that the page stretches.
struct Frame {
  double x0 = 0;
  double x1 = 1;
  double y0 = 0;
  double y1 = 1;

  double across(double x) const { return (x - x0) / (x1 - x0); }
  double down(double y) const { return 1 - (y - y0) / (y1 - y0); }
};

constexpr double kSide = 1000;

std::string label_of(double value, Unit unit) {
  switch (unit) {
    case Unit::bytes:
      return human_bytes(value);
    case Unit::per_second:
      return human_count(value);
    case Unit::number:
      return fmt::format("{:.6g}", value);
  }
  return "";
}

/// Nothing drawable gives x0 > x1.
Frame frame_of(const Chart& chart) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  Frame frame{kFar, -kFar, chart.from_zero ? 0 : kFar, chart.from_zero ? 0 : -kFar};
  const auto include = [&](double y) {
    frame.y0 = std::min(frame.y0, y);
    frame.y1 = std::max(frame.y1, y);
  };
  for (const Series& series : chart.series) {
    for (const auto& [x, y] : series.points) {
      if (!std::isfinite(y)) continue;
      frame.x0 = std::min(frame.x0, x);
      frame.x1 = std::max(frame.x1, x);
      include(y);
    }
  }
  for (const Level& level : chart.levels) include(level.y);
  if (frame.x0 > frame.x1) return frame;
  if (frame.x0 == frame.x1) frame.x1 += 1;
  const double height = frame.y1 - frame.y0;
  const double margin = height > 0 ? height * 0.06 : std::max(std::abs(frame.y1) * 0.1, 1e-9);
  frame.y1 += margin;
  if (!chart.from_zero) frame.y0 -= margin;
  return frame;
}

std::string path_of(const Series& series, const Frame& frame) {
  std::string path;
  bool pen_down = false;
  double last_x = 0;
  const auto close_area = [&] {
    if (pen_down && series.mark == Mark::area) path += fmt::format("L{:.1f} {:.0f}Z", last_x, kSide);
    pen_down = false;
  };
  for (const auto& [x, y] : series.points) {
    if (!std::isfinite(y)) {
      close_area();
      continue;
    }
    const double px = frame.across(x) * kSide;
    const double py = frame.down(y) * kSide;
    if (series.mark == Mark::dots) {
      // A line of no length with round caps: a dot that does not stretch.
      path += fmt::format("M{:.1f} {:.1f}h0", px, py);
    } else if (!pen_down && series.mark == Mark::area) {
      path += fmt::format("M{:.1f} {:.0f}V{:.1f}", px, kSide, py);
    } else if (pen_down && series.mark == Mark::area) {
      path += fmt::format("H{:.1f}V{:.1f}", px, py);
    } else {
      path += fmt::format("{}{:.1f} {:.1f}", pen_down ? 'L' : 'M', px, py);
    }
    pen_down = true;
    last_x = px;
  }
  close_area();
  return path;
}

std::string mark_class(Mark mark) {
  switch (mark) {
    case Mark::faint_line:
      return "faint";
    case Mark::line:
      return "line";
    case Mark::dots:
      return "dots";
    case Mark::area:
      return "area";
  }
  return "";
}

std::string svg_of(const Chart& chart, const Frame& frame, const std::vector<double>& y_ticks) {
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {0:.0f}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", kSide);
  for (const double y : y_ticks) {
    svg += fmt::format("<path class=\"grid\" d=\"M0 {:.1f}H{:.0f}\"/>", frame.down(y) * kSide, kSide);
  }
  for (const Series& series : chart.series) {
    svg += fmt::format("<path class=\"{} s{}\" d=\"{}\"/>", mark_class(series.mark), series.color,
                       path_of(series, frame));
  }
  for (const Level& level : chart.levels) {
    svg += fmt::format("<path class=\"level\" d=\"M0 {:.1f}H{:.0f}\"/>", frame.down(level.y) * kSide, kSide);
  }
  return svg + "</svg>";
}

std::string labels_of(const Chart& chart, const Frame& frame, const std::vector<double>& y_ticks) {
  std::string html;
  for (const double y : y_ticks) {
    html += fmt::format("<span class=\"y\" style=\"top:{:.2f}%\">{}</span>", frame.down(y) * 100,
                        label_of(y, chart.unit));
  }
  for (const double x : ticks(frame.x0, frame.x1, 5, Unit::number)) {
    html += fmt::format("<span class=\"x\" style=\"left:{:.2f}%\">{}</span>", frame.across(x) * 100,
                        human_count(x));
  }
  for (const Level& level : chart.levels) {
    html += fmt::format("<span class=\"lv\" style=\"top:{:.2f}%\">{}</span>", frame.down(level.y) * 100,
                        escape_html(level.label));
  }
  return html;
}

/// What the page's script needs to say what lies under the finger.
std::string data_of(const Chart& chart, const Frame& frame) {
  nlohmann::json data = {{"x0", frame.x0},
                         {"x1", frame.x1},
                         {"xlabel", chart.x_label},
                         {"unit", chart.unit == Unit::bytes ? "bytes" : "number"}};
  data["series"] = nlohmann::json::array();
  for (const Series& series : chart.series) {
    nlohmann::json points = nlohmann::json::array();
    for (const auto& [x, y] : series.points) {
      // f32 digits suffice for a label and halve the page.
      if (std::isfinite(y)) points.push_back({x, nlohmann::json::parse(fmt::format("{:.6g}", y))});
    }
    data["series"].push_back(
        {{"label", series.label}, {"color", series.color}, {"points", std::move(points)}});
  }
  return escape_html(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string legend_of(const Chart& chart) {
  std::string html = "<figcaption>";
  for (const Series& series : chart.series) {
    html += fmt::format("<span class=\"key {} k{}\"><i></i>{}</span>", mark_class(series.mark), series.color,
                        escape_html(series.label));
  }
  return html + "</figcaption>";
}

}  // namespace

std::vector<double> ticks(double low, double high, int count, Unit unit) {
  std::vector<double> found;
  if (!(high > low)) return found;
  const double rough = (high - low) / count;
  double step = 1;
  if (unit == Unit::bytes) {
    step = std::exp2(std::round(std::log2(rough)));
  } else {
    const double power = std::pow(10, std::floor(std::log10(rough)));
    const double lead = rough / power;
    step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  }
  // A hair of slack: the last tick must not fall to rounding.
  const auto first = static_cast<int64_t>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<int64_t>(std::floor(high / step + 1e-9));
  for (int64_t i = first; i <= last; ++i) found.push_back(static_cast<double>(i) * step);
  return found;
}

Points extremes(const Points& points, size_t most) {
  if (points.size() <= most) return points;
  const size_t groups = std::max<size_t>(most / 2, 1);
  Points out;
  for (size_t i = 0; i < groups; ++i) {
    const auto begin = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / groups);
    const auto end = points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / groups);
    // What is not finite counts as largest, so that a gap stays visible.
    const auto [low, high] = std::minmax_element(begin, end, [](const auto& a, const auto& b) {
      return std::isfinite(a.second) && (!std::isfinite(b.second) || a.second < b.second);
    });
    out.push_back(*std::min(low, high));
    if (low != high) out.push_back(*std::max(low, high));
  }
  return out;
}

Points smooth(const Points& points, int64_t half) {
  // Prefix sums over the finite values make every window O(1).
  std::vector<double> sums = {0};
  std::vector<int64_t> counts = {0};
  for (const auto& [x, y] : points) {
    sums.push_back(sums.back() + (std::isfinite(y) ? y : 0));
    counts.push_back(counts.back() + (std::isfinite(y) ? 1 : 0));
  }
  const auto size = static_cast<int64_t>(points.size());
  Points out;
  for (int64_t i = 0; i < size; ++i) {
    const int64_t reach = std::min(half, i);
    const auto begin = static_cast<size_t>(i - reach);
    const auto end = static_cast<size_t>(std::min(i + reach + 1, size));
    const auto count = static_cast<double>(counts[end] - counts[begin]);
    out.emplace_back(points[static_cast<size_t>(i)].first, (sums[end] - sums[begin]) / count);
  }
  return out;
}

std::string chart_html(const Chart& chart) {
  const Frame frame = frame_of(chart);
  if (frame.x0 > frame.x1) return "";
  const std::vector<double> y_ticks = ticks(frame.y0, frame.y1, 5, chart.unit);
  return fmt::format(
      "<figure class=\"chart\">{}<div class=\"plot\" data-chart=\"{}\">{}{}<b class=\"cursor\"></b>"
      "<div class=\"tip\"></div></div><p class=\"axis\">{}</p></figure>\n",
      legend_of(chart), data_of(chart, frame), svg_of(chart, frame, y_ticks),
      labels_of(chart, frame, y_ticks), escape_html(chart.x_label));
}

}  // namespace weft
