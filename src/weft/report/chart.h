#pragma once
// Line charts of the report. The plot is an SVG that stretches with the page; its labels are HTML, so that
// they keep their size on a phone.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weft {

enum class Mark : uint8_t { faint_line, line, dots, area };
enum class Unit : uint8_t { number, bytes, per_second };

struct Series {
  std::string label;
  Mark mark = Mark::line;
  /// 1-based colour of the page's palette.
  int color = 1;
  /// x ascending; a y that is not finite breaks the line.
  std::vector<std::pair<double, double>> points;
};

/// A horizontal mark across the plot.
struct Level {
  std::string label;
  double y = 0;
};

struct Chart {
  std::string x_label;
  Unit unit = Unit::number;
  /// Whether the y axis starts at 0.
  bool from_zero = false;
  std::vector<Series> series;
  std::vector<Level> levels;
};

/// Values that divide [low, high] in about `count` steps of 1, 2 or 5 times a power of ten (of two for
/// bytes).
std::vector<double> ticks(double low, double high, int count, Unit unit);

/// At most about `most` points: the least and the greatest of each group of neighbours, so that noise stays
/// visible.
std::vector<std::pair<double, double>> extremes(const std::vector<std::pair<double, double>>& points,
                                                size_t most);

/// The mean of each point and its `half` neighbours on either side: no lag. Near the start fewer, equally
/// many, so that a steep beginning keeps its height; near the end those there are. Values that are not finite
/// do not count, and a window without any gives NaN.
std::vector<std::pair<double, double>> smooth(const std::vector<std::pair<double, double>>& points,
                                              int64_t half);

/// A <figure>; empty where no series has a finite point.
std::string chart_html(const Chart& chart);

}  // namespace weft
