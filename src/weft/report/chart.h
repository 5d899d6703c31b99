#pragma once
// Line charts of the report: one description, one figure. The plot is an SVG that stretches with the page;
// its labels are HTML, so that they keep their size on a phone. A chart over steps is drawn over time, too,
// and on a logarithmic axis where that is asked for; the page shows one of these at a time.
#include <cstdint>
#include <string>
#include <vector>

#include "weft/report/points.h"
#include "weft/report/run_axes.h"
#include "weft/report/scale.h"

namespace weft {

enum class Mark : uint8_t { faint_line, line, joined_dots, dots, area };

struct Series {
  std::string label;
  Mark mark = Mark::line;
  /// 1-based style of the page: a colour and a way of being dashed.
  int style = 1;
  Points points;
};

/// A horizontal mark across the plot.
struct Level {
  std::string label;
  double y = 0;
};

struct Chart {
  std::string x_label = "step";
  Unit unit = Unit::number;
  /// Whether the y axis starts at 0.
  bool from_zero = false;
  /// Whether the page may show it on a logarithmic axis; ignored where most values are not above 0.
  bool may_be_logarithmic = false;
  std::vector<Series> series;
  std::vector<Level> levels;
  /// Where x are the steps of a run: what else it may be drawn over, and where it was resumed. Else null.
  const RunAxes* axes = nullptr;
};

/// A <figure>; empty where no series has a finite point. What lies far beyond the other values is drawn at
/// the edge, and said.
std::string chart_html(const Chart& chart);

}  // namespace weft
