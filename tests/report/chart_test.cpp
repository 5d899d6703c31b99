// Of report/chart.h, report/drawing.h, report/run_axes.h: a chart in all its views.
#include "weft/report/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

namespace weft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

Chart chart_of(const Points& points) {
  Chart chart;
  chart.series.push_back({"s", Mark::line, 1, points});
  return chart;
}

/// An element as XML has them: a name, attributes in quotes, and nothing in them that must be escaped.
void expect_well_formed(const std::string& html) {
  const std::regex element(R"re(<(/?)([a-z]+)((?: [a-z0-9-]+="[^"<>]*")*)(/?)>)re", std::regex::icase);
  std::vector<std::string> open;
  std::string rest = html;
  for (std::smatch match; std::regex_search(rest, match, element); rest = match.suffix()) {
    EXPECT_EQ(match.prefix().str().find_first_of("<>"), std::string::npos) << match.prefix();
    if (match[4].length() > 0) continue;
    if (match[1].length() == 0) {
      open.push_back(match[2]);
    } else {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ(open.back(), match[2]);
      open.pop_back();
    }
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(rest.find_first_of("<>"), std::string::npos) << rest;
  for (const std::string bad : {"nan", "inf"}) EXPECT_FALSE(contains(html, bad)) << html;
}

TEST(ReportChart, LineBreaksWhereAValueIsNotFinite) {
  const std::string html = chart_html(chart_of({{0, 0}, {1, 1}, {2, kNan}, {3, 1}, {4, 0}}));
  // 6% of margin at both ends of the y axis.
  EXPECT_TRUE(contains(html, "d=\"M0.0 946.4L250.0 53.6M750.0 53.6L1000.0 946.4\"")) << html;
  EXPECT_EQ(chart_html(chart_of({{0, kNan}})), "");
}

TEST(ReportChart, IsWellFormedWhateverTheValues) {
  for (const Points& points : std::vector<Points>{{{1, 2}},
                                                  {{1, kNan}, {2, 3}, {3, kInf}, {4, -kInf}, {5, 2}},
                                                  {{1, 0}, {2, 0}},
                                                  {{1, -5}, {2, 7}},
                                                  {{1, 1e308}, {2, -1e308}, {3, 1}},
                                                  {{1, 1e-300}, {2, 1e300}, {3, 5}},
                                                  {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1e30}}}) {
    for (const Mark mark : {Mark::line, Mark::faint_line, Mark::dots, Mark::joined_dots, Mark::area}) {
      Chart chart = chart_of(points);
      chart.may_be_logarithmic = true;
      chart.series[0].mark = mark;
      chart.series[0].label = chart.x_label = "<b>\"&'";
      chart.levels.push_back({"<i>", 1});
      SCOPED_TRACE(points[0].second);
      expect_well_formed(chart_html(chart));
    }
  }
}

TEST(ReportChart, AnOutlierIsDrawnAtTheEdgeAndSaid) {
  Points points;
  for (int i = 1; i <= 100; ++i) points.emplace_back(i, 3 + 0.01 * (i % 7));
  const std::string usual = chart_html(chart_of(points));
  EXPECT_FALSE(contains(usual, "beyond the axis"));
  points[56].second = 1e6;
  const std::string html = chart_html(chart_of(points));
  EXPECT_TRUE(contains(html, "<p class=\"beyond\">One value lies beyond the axis: 1e+06 at step 57.</p>"))
      << html;
  EXPECT_EQ(count(html, "▲"), 1U);
  EXPECT_TRUE(contains(html, ">3.05</span>")) << "the others are no flat line";
  points[60].second = -1e7;
  const std::string two = chart_html(chart_of(points));
  EXPECT_TRUE(contains(two, "2 values lie beyond the axis, such as -1e+07 at step 61."));
  EXPECT_EQ(count(two, "▼"), 1U);
}

TEST(ReportChart, ALogarithmicTwinIsDrawnWhereValuesAreAboveZero) {
  Chart chart = chart_of({{1, 1000}, {2, 10}, {3, 0.1}});
  EXPECT_FALSE(contains(chart_html(chart), "class=\"view log\""));
  chart.may_be_logarithmic = true;
  const std::string html = chart_html(chart);
  EXPECT_TRUE(contains(html, "class=\"view linear\""));
  const size_t log = html.find("class=\"view log\"");
  ASSERT_NE(log, std::string::npos);
  EXPECT_NE(html.find(">10</span>", log), std::string::npos);
  // Decades are as far from each other: 1000, 10, 0.1.
  EXPECT_NE(html.find("L500.0 500.0L", log), std::string::npos) << html.substr(log);
  chart.series[0].points = {{1, -1}, {2, -2}, {3, 1}};
  EXPECT_FALSE(contains(chart_html(chart), "view log"));
}

TEST(ReportChart, IsDrawnOverStepsEpochsAndTimeWithResumes) {
  ReportInput input;
  input.run.steps_per_epoch = 2;
  input.run.parts.resize(2);
  input.run.parts[1].after_step = 2;
  for (int64_t step = 1; step <= 4; ++step) {
    MetricsRow row;
    row.step = step;
    row.step_ms = 1000;
    row.time = 100.0 * static_cast<double>(step * step);  // 300, 500, 700 s, of which 500 is the pause
    input.metrics.push_back(row);
  }
  const RunAxes axes(input);
  EXPECT_EQ(axes.unit(), "minutes");
  EXPECT_DOUBLE_EQ(axes.time(1), 1.0 / 60);
  EXPECT_DOUBLE_EQ(axes.time(2), 301.0 / 60);
  EXPECT_DOUBLE_EQ(axes.time(3), 302.0 / 60) << "the pause does not count";
  EXPECT_DOUBLE_EQ(axes.time(4), 1002.0 / 60);
  EXPECT_DOUBLE_EQ(axes.time(1.5), 151.0 / 60);
  Chart chart = chart_of({{1, 1}, {2, 2}, {4, 3}});
  chart.axes = &axes;
  const std::string html = chart_html(chart);
  expect_well_formed(html);
  EXPECT_EQ(count(html, "<path class=\"resume\" d=\"M333.3 0V1000\"/>"), 1U) << html;
  EXPECT_TRUE(contains(html, "class=\"view by-count\""));
  EXPECT_TRUE(contains(html, "class=\"view by-time\""));
  EXPECT_TRUE(contains(html, "<span class=\"x by-epoch\" style=\"left:33.33%\">1</span>"));
  EXPECT_TRUE(contains(html, "<p class=\"axis\">minutes</p>"));
  EXPECT_TRUE(contains(html, "resumed</span>"));
}

TEST(ReportChart, LogsOfEarlierVersionsCountTheTimesOfSteps) {
  ReportInput input;
  for (int64_t step = 1; step <= 3; ++step) {
    input.metrics.emplace_back();
    input.metrics.back().step = step;
    input.metrics.back().step_ms = 2000;
  }
  const RunAxes axes(input);
  EXPECT_FALSE(axes.has_epochs());
  EXPECT_DOUBLE_EQ(axes.time(3), 6);
  EXPECT_EQ(axes.unit(), "seconds");
  EXPECT_DOUBLE_EQ(RunAxes({}).time(5), 0);
}

}  // namespace
}  // namespace weft
