#pragma once
// One view of a chart: as an SVG and its labels, over steps or over time, linear or logarithmic.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "weft/report/chart.h"

namespace weft {

// More points than a wide screen has pixels only make the page heavier.
inline constexpr size_t kMaxPoints = 400;

/// The class of the style sheet.
std::string_view mark_class(Mark mark);

/// One way to draw a chart.
struct ChartView {
  Scale x;
  Scale y;
  bool over_time = false;
  std::string classes;
};

class Drawing {
 public:
  Drawing(const Chart& chart, ChartView view) : chart_(chart), view_(std::move(view)) {}
  std::string html() const;

 private:
  double x_of(double x) const { return view_.x.at(view_.over_time ? chart_.axes->time(x) : x); }
  double down(double y) const { return 1 - view_.y.at(y); }
  template <class Visit, class Gap>
  void visit(const Series& series, const Visit& visit, const Gap& gap) const;
  std::string dots(const Series& series) const;
  std::string line(const Series& series) const;
  std::string area(const Series& series) const;
  std::string svg() const;
  std::string labels() const;
  std::string x_labels() const;
  std::string edge_marks() const;
  std::string beyond() const;

  const Chart& chart_;
  ChartView view_;
};

}  // namespace weft
