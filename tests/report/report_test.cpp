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
  input.title = input.run.why = input.recipe = input.peak_op = input.sample = input.prompt = kNasty;
  input.priced_for = kNasty;
  input.sample_step = 2001;
  input.run.state = RunState::failed;
  input.run.steps = 3000;
  input.run.steps_per_epoch = 250;
  input.run.facts = {{kNasty, kNasty}};
  input.run.metrics = {{"accuracy", "more", true}};
  RunPart part;
  part.command = part.version = part.host = part.machine = part.mesh = kNasty;
  part.began = 1.7e9;
  input.run.parts = {part, part};
  input.run.parts[1].after_step = 700;
  input.ranks = {{kNasty, 100, 60, 10, 5, 5, 10}, {"other", 100, 70, 10, 0, 5, 10}};
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
  const std::set<std::string> empty_elements = {"meta", "path", "!doctype", "input"};
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
  EXPECT_EQ(empty.find("<section"), empty.rfind("<section")) << "the verdict is always there";
  EXPECT_EQ(unbalanced_tag(empty), "");
  const std::string full = report_html(full_input());
  for (const std::string title :
       {"Facts", "Loss", "Throughput", "Learning rate", "Where the time went", "Predicted and measured time",
        "Time by op", "Memory over a step", "Memory and network", "Sample", "Notes", "Recipe"}) {
    EXPECT_TRUE(contains(full, "<h2>" + title + "</h2>")) << title;
  }
}

TEST(Report, WorksWithoutItsScript) {
  std::string html = report_html(full_input());
  html.erase(html.find("<script>"));
  EXPECT_TRUE(contains(html, "<input type=\"radio\" name=\"x\" id=\"x-step\" checked>"));
  for (const std::string id : {"x-epoch", "x-time", "y-linear", "y-log"}) {
    EXPECT_TRUE(contains(html, "id=\"" + id + "\"")) << id;
    EXPECT_TRUE(contains(html, "<label for=\"" + id + "\">")) << id;
    EXPECT_TRUE(contains(html, "#" + id + ":checked~main")) << id;
  }
  EXPECT_LT(html.find("id=\"y-log\""), html.find("<main>"))
      << "the style sheet needs it before what it changes";
}

TEST(Report, EachMetricOfTheValidationHasAChart) {
  ReportInput input = full_input();
  EXPECT_EQ(report_html(input).find("Validation: "), std::string::npos);
  input.metrics.front().more.emplace_back("validation_accuracy", 0.75);
  input.metrics.back().more = {{"validation_accuracy", 0.5}, {"stall_ms", 3}};
  const std::string html = report_html(input);
  EXPECT_NE(html.find("Validation: accuracy"), std::string::npos);
  EXPECT_NE(html.find("Last 50.00%, best 75.00% at step 1."), std::string::npos);
  EXPECT_NE(html.find("<b>75.00%</b><span>best accuracy</span>"), std::string::npos);
  EXPECT_EQ(html.find("Validation: stall"), std::string::npos);
}

TEST(Report, TheGradientIsDrawnAndSaysWhereItWasNone) {
  ReportInput input = full_input();
  EXPECT_FALSE(contains(report_html(input), "Gradient norm"));
  for (MetricsRow& row : input.metrics) row.more.emplace_back("gradient_norm", 1.5);
  input.metrics[7].more.back().second = std::nan("");
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<h2>Gradient norm</h2>"));
  EXPECT_TRUE(contains(html, "At 1 step it was not a finite number."));
}

TEST(Report, FactsSayWhenByWhatAndHowOftenItWasResumed) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "<dt>begun</dt>"));
  EXPECT_TRUE(contains(html, "<dt>command</dt>"));
  EXPECT_TRUE(contains(html, "<dt>resumed</dt><dd>after step 700, "));
  EXPECT_FALSE(contains(html, "updates left out"));
  ReportInput input = full_input();
  input.run.skipped_updates = 3;
  input.run.bad_samples = 12;
  EXPECT_TRUE(contains(report_html(input), "<dt>updates left out</dt><dd>3</dd>"));
  EXPECT_TRUE(contains(report_html(input), "<dt>bad samples left out</dt><dd>12</dd>"));
}

TEST(Report, ASampleStandsWithItsPromptAndItsStep) {
  ReportInput input;
  input.prompt = "a stitch";
  input.sample = " in time";
  input.sample_step = 40;
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<blockquote><u>a stitch</u> in time</blockquote>"));
  EXPECT_TRUE(contains(html, "What the model wrote after step 40"));
}

TEST(Report, OpsShowShareAndRates) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "<span class=\"share\">25.0%</span>"));
  EXPECT_TRUE(contains(html, "<span class=\"share\">75.0%</span>"));
  // 50 GFlop and 1 GB in 25 ms.
  EXPECT_TRUE(contains(html, "2000 GF/s · 40.0 GB/s"));
  const size_t ops = html.find("<h2>Time by op</h2>");
  EXPECT_LT(html.find("gelu", ops), html.find("2000 GF/s")) << "the longest comes first";
}

TEST(Report, KindsOfOpsAreAddedUpAndComparedWithThePrediction) {
  ReportInput input;
  input.priced_for = "a machine that was not measured";
  input.ops = {{.name = "x0 + x1", .kind = "pointwise", .phase = "p", .total_ms = 30, .predicted_ms = 10},
               {.name = "gelu", .kind = "pointwise", .phase = "q", .total_ms = 50, .predicted_ms = 30},
               {.name = "all_reduce", .kind = "all_reduce", .phase = "communication", .total_ms = 8}};
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<td>40.0 ms</td><td>80.0 ms</td><td>2×</td>"));
  EXPECT_TRUE(contains(html, "<td>–</td><td>8.00 ms</td><td>–</td>"));
  EXPECT_TRUE(contains(html, "<tr><th>all reduce<"));
  EXPECT_TRUE(contains(html, "Predicted for a machine that was not measured."));
}

TEST(Report, RanksSayWhatTheyDoAndHowUnequalTheyAre) {
  const std::string html = report_html(full_input());
  // 70 ms of compute beside a mean of 65; 5 ms of waiting in 200.
  EXPECT_TRUE(contains(html,
                       "Rank 1 computes longest, 7.7% longer than the mean; ranks wait for others at "
                       "least 2.5% of their time"));
  EXPECT_TRUE(contains(html, "compute</span></span>60.0 ms<small>60.0%</small>"));
  EXPECT_TRUE(contains(html, "other</span></span>10.0 ms<small>10.0%</small>"));
  ReportInput one;
  one.ranks = {{.host = "here", .wall_ms = 10, .compute_ms = 9}};
  EXPECT_FALSE(contains(report_html(one), "computes longest")) << "one rank is not unequal";
  ReportInput many;
  many.ranks.resize(40, one.ranks[0]);
  EXPECT_TRUE(contains(report_html(many), "<summary>24 more</summary>"));
}

TEST(Report, OnlyWhatIsMuchMoreThanPredictedIsRed) {
  ReportInput input;
  input.bytes = {{"a", 1000, 1000}, {"b", 0, 7}, {"c", 1000, 1055}, {"d", 1000, 1200}, {"e", 1000, 700}};
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<td>equal</td>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">not predicted</span>"));
  EXPECT_TRUE(contains(html, "<td>+5.50%</td>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">+20.00%</span>"));
  EXPECT_TRUE(contains(html, "<td>-30.00%</td>"));
}

TEST(Report, LoadingSaysWhatStepsWaitedForAndWhereBytesCameFrom) {
  const std::string html = report_html(full_input());
  EXPECT_TRUE(contains(html, "The steps waited 4.00 s for data, 1.00% of their time."));
  EXPECT_TRUE(contains(html, "<tr><th>source</th><td>99 KiB</td><td>1.6%</td><td>8.00 ms</td></tr>"));
  EXPECT_TRUE(contains(html, "<tr><th>memory</th><td>5.86 MiB</td><td>98.4%</td><td>–</td></tr>"));
  EXPECT_FALSE(contains(html, "<th>peer</th>")) << "nothing came from there";
}

TEST(Report, MemorySaysTheMostAndWhatIsPlanned) {
  EXPECT_TRUE(contains(report_html(full_input()), "At most 4 KiB, at operation 1 ("));
  EXPECT_TRUE(
      contains(report_html(full_input()), "of 8 KiB planned for weights, optimizer and working memory."));
}

TEST(Report, WordsAreThoseOfUsers) {
  const std::string html = report_html(full_input());
  for (const std::string word : {"arena", "live bytes", "instruction of"})
    EXPECT_FALSE(contains(html, word)) << word;
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
  EXPECT_EQ(human_number(1e30), "1e+30");
  EXPECT_EQ(human_seconds(0.5), "500 ms");
  EXPECT_EQ(human_seconds(59.6), "1 min 0 s");
  EXPECT_EQ(human_seconds(7265), "2 h 1 min");
  EXPECT_EQ(human_seconds(200'000), "2 d 7 h");
  EXPECT_EQ(human_date(0), "");
  EXPECT_EQ(human_date(1.7e9).size(), 16U);
  EXPECT_EQ(lower_case("Loss"), "loss");
}

}  // namespace
}  // namespace weft
