#include "weft/report/report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "weft/base/check.h"
#include "weft/report/chart.h"
#include "weft/report/text.h"

namespace weft {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kNasty = "<script>alert(\"x\")</script>&'";

constexpr const char* kHeldNasty = "held_bytes <script>alert(\"x\")</script>&'";

/// Every section filled, every text hostile.
ReportInput full_input() {
  ReportInput input;
  input.title = input.run.why = input.recipe = input.peak_op = input.sample = kNasty;
  input.notes = {kNasty};
  for (int64_t step = 1; step <= 2001; ++step) {
    MetricsRow row;
    row.step = step;
    row.loss = 10.0 / static_cast<double>(step);
    if (step % 500 == 0) row.validation_loss = 0.75;
    row.learning_rate = 1e-3;
    row.step_ms = 200;
    row.samples_per_s = 40;
    row.tokens = step * 1000;
    row.more = {{"stall_ms", 2}, {"latency_ms_source", step < 100 ? 8.0 : std::nan("")}, {kHeldNasty, 4096}};
    row.bytes = {{"load_memory", 3072}, {"load_source", step < 100 ? 1024 : 0}};
    input.metrics.push_back(row);
  }
  input.ops = {{kNasty, kNasty, kNasty, 3, 25, 20, 50'000'000'000, 1'000'000'000},
               {"gelu", "pointwise", "forward", 1, 75, 0, 0, 0}};
  input.memory = {{0, 1024}, {1, 4096}, {2, 512}};
  input.planned_bytes = 8192;
  input.bytes = {{kNasty, 1000, 1000}, {"halo", 0, 7}, {"storage", 1000, 1015}, {"reduce", 1000, 999}};
  return input;
}

/// Names the first tag that does not close as it opened; "" where all do.
std::string unbalanced_tag(const std::string& html) {
  const std::set<std::string> empty_elements = {"meta", "path", "!doctype"};
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    if (!open.empty() && (open.back() == "script" || open.back() == "style") &&
        html.compare(at, 3 + open.back().size(), "</" + open.back() + ">") != 0) {
      continue;
    }
    const size_t end = html.find_first_of(" >\n", at);
    const std::string name = html.substr(at + 1, end - at - 1);
    if (name.starts_with('/')) {
      if (open.empty() || open.back() != name.substr(1)) return name;
      open.pop_back();
    } else if (!empty_elements.contains(name)) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Report, AllTextIsEscaped) {
  const std::string html = report_html(full_input());
  EXPECT_FALSE(contains(html, "<script>alert"));
  EXPECT_TRUE(contains(html, "<h1>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;</h1>"));
  EXPECT_EQ(unbalanced_tag(html), "");
}

TEST(Report, NothingIsLoadedFromElsewhere) {
  const std::string html = report_html(full_input());
  for (const std::string sign : {"http:", "https:", "//", "src=", "href=", "url(", "@import"}) {
    EXPECT_FALSE(contains(html, sign)) << sign;
  }
}

TEST(Report, SectionsWithoutInputAreLeftOut) {
  const std::string empty = report_html({});
  EXPECT_FALSE(contains(empty, "<section"));
  EXPECT_EQ(unbalanced_tag(empty), "");
  const std::string full = report_html(full_input());
  for (const std::string title : {"Loss", "Throughput", "Learning rate", "Time by op", "Memory over a step",
                                  "Bytes moved", "Sample", "Notes", "Recipe"}) {
    EXPECT_TRUE(contains(full, "<h2>" + title + "</h2>")) << title;
  }
}

TEST(Report, EachMetricOfTheValidationHasAChart) {
  ReportInput input = full_input();
  EXPECT_EQ(report_html(input).find("Validation: "), std::string::npos);
  input.metrics.front().more.emplace_back("validation_accuracy", 0.5);
  input.metrics.back().more = {{"validation_accuracy", 0.75}, {"stall_ms", 3}};
  const std::string html = report_html(input);
  EXPECT_NE(html.find("Validation: accuracy"), std::string::npos);
  EXPECT_NE(html.find("Last 0.75."), std::string::npos);
  EXPECT_EQ(html.find("Validation: stall"), std::string::npos);
}

TEST(Report, OpsShowShareAndRates) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "<span class=\"share\">25.0%</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"share\">75.0%</span>"));
  // 50 GFlop and 1 GB in 25 ms.
  EXPECT_TRUE(contains(html, "2000 GF/s · 40.0 GB/s"));
  EXPECT_LT(html.find("gelu"), html.find("2000 GF/s")) << "the longest comes first";
}

TEST(Report, BytesShowTheDifferenceOfCountedFromPredicted) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "<span class=\"good\">equal</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">unforeseen</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">+1.50%</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"good\">-0.10%</span>"));
}

TEST(Report, LoadingSaysWhatStepsWaitedForAndWhereBytesCameFrom) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "The steps waited 4.00 s for data, 1.00% of their time."));
  EXPECT_TRUE(contains(html, "<tr><th>source</th><td>99 KiB</td><td>1.6%</td><td>8.00 ms</td></tr>"));
  EXPECT_TRUE(contains(html, "<tr><th>memory</th><td>5.86 MiB</td><td>98.4%</td><td>–</td></tr>"));
  EXPECT_FALSE(contains(html, "<th>peer</th>")) << "nothing came from there";
}

TEST(Report, MemorySaysPeakAndArena) {
  EXPECT_TRUE(contains(report_html(full_input()), "Peak 4 KiB at instruction 1 ("));
  EXPECT_TRUE(contains(report_html(full_input()), "the arena holds 8 KiB, 100.0% above it."));
}

TEST(Report, RunsOfOneStepAndOfLossesThatAreNotFiniteAreShown) {
  ReportInput input;
  input.metrics.resize(1);
  input.metrics[0].loss = 3.5;
  EXPECT_TRUE(contains(report_html(input), "<b>3.50</b><span>last training loss</span>"));
  input.metrics[0].loss = std::numeric_limits<double>::quiet_NaN();
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<b>–</b><span>last training loss</span>"));
  EXPECT_FALSE(contains(html, "nan"));
  EXPECT_EQ(unbalanced_tag(html), "");
}

TEST(Report, IsWrittenToAFileOrTheFileIsNamed) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("report-" + std::to_string(getpid()) + ".html");
  write_report(path, full_input());
  std::ifstream in(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), report_html(full_input()));
  std::filesystem::remove(path);
  try {
    write_report("/absent/report.html", {});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("/absent/report.html: the report cannot be written"));
  }
}

TEST(ReportChart, LineBreaksWhereAValueIsNotFinite) {
  Chart chart;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  chart.series.push_back({"s", Mark::line, 1, {{0, 0}, {1, 1}, {2, nan}, {3, 1}, {4, 0}}});
  const std::string html = chart_html(chart);
  // 6% of margin at both ends of the y axis.
  EXPECT_TRUE(contains(html, "d=\"M0.0 946.4L250.0 53.6M750.0 53.6L1000.0 946.4\"")) << html;
  chart.series[0].points = {{0, nan}};
  EXPECT_EQ(chart_html(chart), "");
}

TEST(ReportChart, TicksAreRoundNumbersWithinTheRange) {
  EXPECT_EQ(ticks(0.9, 12.1, 5, Unit::number), (std::vector<double>{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(ticks(0, 3 << 20, 5, Unit::bytes),
            (std::vector<double>{0, 1 << 19, 1 << 20, 3 << 19, 1 << 21, 5 << 19, 3 << 20}));
  EXPECT_TRUE(ticks(1, 1, 5, Unit::number).empty());
}

TEST(ReportChart, SmoothingKeepsAStraightLineAndSkipsWhatIsNotFinite) {
  std::vector<std::pair<double, double>> line;
  for (int i = 0; i < 20; ++i) line.emplace_back(i, 2.0 * i);
  const auto smoothed = smooth(line, 3);
  for (size_t i = 0; i < 17; ++i)
    EXPECT_DOUBLE_EQ(smoothed[i].second, line[i].second) << "no lag, up to the last window";
  line[5].second = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DOUBLE_EQ(smooth(line, 1)[5].second, 10);
}

TEST(ReportChart, ThinningKeepsTheExtremesAndTheOrder) {
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 1001; ++i) points.emplace_back(i, i == 617 ? 50 : i == 333 ? -50 : i % 7);
  const auto thinned = extremes(points, 100);
  EXPECT_LE(thinned.size(), 100u);
  EXPECT_TRUE(std::is_sorted(thinned.begin(), thinned.end()));
  EXPECT_TRUE(std::count(thinned.begin(), thinned.end(), std::pair<double, double>(617, 50)));
  EXPECT_TRUE(std::count(thinned.begin(), thinned.end(), std::pair<double, double>(333, -50)));
}

TEST(ReportText, NumbersReadWell) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1536), "1.50 KiB");
  EXPECT_EQ(human_bytes(-2048), "-2 KiB");
  EXPECT_EQ(human_count(3000), "3,000");
  EXPECT_EQ(human_count(12'345'678), "12.3 M");
  EXPECT_EQ(human_ms(0.0456), "45.6 µs");
  EXPECT_EQ(human_ms(1240), "1.24 s");
  EXPECT_EQ(human_number(2.5e-5), "2.50e-05");
  EXPECT_EQ(human_number(std::nan("")), "–");
}

}  // namespace
}  // namespace weft
