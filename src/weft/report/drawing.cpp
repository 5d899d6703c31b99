#include "weft/report/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "weft/report/text.h"

namespace weft {

namespace {

constexpr double kSide = 1000;  ///< of the square that the page stretches
constexpr int kTicks = 5;

}  // namespace

std::string_view mark_class(Mark mark) {
  switch (mark) {
    case Mark::faint_line:
      return "faint";
    case Mark::line:
    case Mark::joined_dots:
      return "line";
    case Mark::dots:
      return "dots";
    case Mark::area:
      return "area";
  }
  return "";
}

template <class Visit, class Gap>
void Drawing::visit(const Series& series, const Visit& visit, const Gap& gap) const {
  for (const auto& [x, y] : extremes(series.points, kMaxPoints)) {
    const double height = can_be_drawn(y) ? down(y) : std::nan("");
    if (std::isfinite(height)) {
      visit(x_of(x) * kSide, std::clamp(height, 0.0, 1.0) * kSide);
    } else {
      gap();
    }
  }
  gap();
}

/// Lines of no length with round caps: dots that do not stretch.
std::string Drawing::dots(const Series& series) const {
  std::string path;
  visit(
      series, [&](double x, double y) { path += fmt::format("M{:.1f} {:.1f}h0", x, y); }, [] {});
  return path;
}

std::string Drawing::line(const Series& series) const {
  std::string path;
  bool pen_down = false;
  visit(
      series,
      [&](double x, double y) {
        path += fmt::format("{}{:.1f} {:.1f}", pen_down ? 'L' : 'M', x, y);
        pen_down = true;
      },
      [&] { pen_down = false; });
  return path;
}

/// Steps from value to value, down to the bottom at both ends.
std::string Drawing::area(const Series& series) const {
  std::string path;
  bool pen_down = false;
  double last_x = 0;
  visit(
      series,
      [&](double x, double y) {
        path += pen_down ? fmt::format("H{:.1f}V{:.1f}", x, y)
                         : fmt::format("M{:.1f} {:.0f}V{:.1f}", x, kSide, y);
        pen_down = true;
        last_x = x;
      },
      [&] {
        if (pen_down) path += fmt::format("L{:.1f} {:.0f}Z", last_x, kSide);
        pen_down = false;
      });
  return path;
}

std::string Drawing::svg() const {
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {0:.0f} {0:.0f}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", kSide);
  const auto across = [&](std::string_view name, double y) {
    svg += fmt::format("<path class=\"{}\" d=\"M0 {:.1f}H{:.0f}\"/>", name, down(y) * kSide, kSide);
  };
  for (const double y : view_.y.ticks(kTicks, chart_.unit)) across("grid", y);
  if (chart_.axes != nullptr) {
    for (const double step : chart_.axes->resumes()) {
      const double x = x_of(step);
      if (x >= 0 && x <= 1)
        svg += fmt::format("<path class=\"resume\" d=\"M{:.1f} 0V{:.0f}\"/>", x * kSide, kSide);
    }
  }
  for (const Series& series : chart_.series) {
    const auto path = [&](std::string_view name, const std::string& d) {
      if (!d.empty()) svg += fmt::format("<path class=\"{} s{}\" d=\"{}\"/>", name, series.style, d);
    };
    if (series.mark != Mark::dots)
      path(mark_class(series.mark), series.mark == Mark::area ? area(series) : line(series));
    if (series.mark == Mark::dots || series.mark == Mark::joined_dots) path("dots", dots(series));
  }
  for (const Level& level : chart_.levels) {
    if (view_.y.contains(level.y)) across("level", level.y);
  }
  return svg + "</svg>";
}

std::string Drawing::x_labels() const {
  std::string html;
  const auto add = [&](std::string_view classes, double at, double value) {
    html += fmt::format("<span class=\"x{}\" style=\"left:{:.2f}%\">{}</span>", classes, at * 100,
                        human_count(value));
  };
  const ValueRange range = view_.x.range();
  const bool counts = chart_.axes != nullptr && !view_.over_time;
  for (const double x : ticks(range.low, range.high, kTicks, view_.over_time ? Unit::number : Unit::count)) {
    add(counts ? " by-step" : "", view_.x.at(x), x);
  }
  if (!counts || !chart_.axes->has_epochs()) return html;
  const double one = chart_.axes->epoch(1);
  for (const double epoch : ticks(range.low * one, range.high * one, kTicks, Unit::number)) {
    add(" by-epoch", view_.x.at(epoch / one), epoch);
  }
  return html;
}

/// A sign at the edge for what lies beyond it, and one where the run was resumed.
std::string Drawing::edge_marks() const {
  std::map<std::pair<int, bool>, bool> seen;  // by percent of the width: thousands of signs are a bar as well
  std::string html;
  for (const Series& series : chart_.series) {
    for (const auto& [x, y] : series.points) {
      if (!can_be_drawn(y) || view_.y.contains(y)) continue;
      const bool is_above = y > view_.y.range().high;
      const double across = x_of(x) * 100;
      if (!seen.emplace(std::pair(static_cast<int>(across), is_above), true).second) continue;
      html += fmt::format("<span class=\"out {}\" style=\"left:{:.2f}%\">{}</span>", is_above ? "up" : "low",
                          across, is_above ? "▲" : "▼");
    }
  }
  return html;
}

std::string Drawing::labels() const {
  std::string html;
  for (const double y : view_.y.ticks(kTicks, chart_.unit)) {
    html += fmt::format("<span class=\"y\" style=\"top:{:.2f}%\">{}</span>", down(y) * 100,
                        tick_label(y, chart_.unit));
  }
  for (const Level& level : chart_.levels) {
    if (!view_.y.contains(level.y)) continue;
    html += fmt::format("<span class=\"lv\" style=\"top:{:.2f}%\">{}</span>", down(level.y) * 100,
                        escape_html(level.label));
  }
  return html + x_labels() + edge_marks();
}

/// "2 values lie beyond the axis, such as 1e+06 at step 57."
std::string Drawing::beyond() const {
  std::map<double, double> beyond;
  for (const Series& series : chart_.series) {
    for (const auto& [x, y] : series.points) {
      if (can_be_drawn(y) && std::isfinite(view_.y.at(y)) && !view_.y.contains(y)) beyond.emplace(x, y);
    }
  }
  if (beyond.empty()) return "";
  const auto farthest =
      std::ranges::max_element(beyond, {}, [](const auto& point) { return std::abs(point.second); });
  const std::string count = beyond.size() == 1
                                ? "One value lies beyond the axis:"
                                : fmt::format("{} values lie beyond the axis, such as", beyond.size());
  return fmt::format("<p class=\"beyond\">{} {} at {} {}.</p>", count,
                     tick_label(farthest->second, chart_.unit), escape_html(chart_.x_label), farthest->first);
}

std::string Drawing::html() const {
  std::string axis = fmt::format("<p class=\"axis\">{}</p>", escape_html(chart_.x_label));
  if (chart_.axes != nullptr && view_.over_time) {
    axis = fmt::format("<p class=\"axis\">{}</p>", chart_.axes->unit());
  } else if (chart_.axes != nullptr) {
    axis = "<p class=\"axis by-step\">step</p><p class=\"axis by-epoch\">epoch</p>";
  }
  return fmt::format(
      "<div class=\"{}\"><div class=\"plot\" data-x0=\"{}\" data-x1=\"{}\" data-x=\"{}\">{}{}"
      "<b class=\"cursor\"></b><div class=\"tip\"></div></div>{}{}</div>",
      view_.classes, view_.x.range().low, view_.x.range().high, view_.over_time ? 2 : 0, svg(), labels(),
      axis, beyond());
}

}  // namespace weft
