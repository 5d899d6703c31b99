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

#include "tests/report/full_input.h"
#include "weft/base/check.h"
#include "weft/report/text.h"

namespace weft {
namespace {

using testing::contains;
using testing::full_input;

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

TEST(Report, ASampleStandsWithItsPromptAndItsStep) {
  ReportInput input;
  input.prompt = "a stitch";
  input.sample = " in time";
  input.sample_step = 40;
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<blockquote><u>a stitch</u> in time</blockquote>"));
  EXPECT_TRUE(contains(html, "What the model wrote after step 40"));
}

TEST(Report, OnlyWhatIsMuchMoreThanPredictedIsRed) {
  ReportInput input;
  input.bytes = {{"a", 1000, 1000}, {"b", 0, 7},      {"c", 1000, 1055},
                 {"d", 1000, 1200}, {"e", 1000, 700}, {"f", 1000, 3000, 2000}};
  const std::string html = report_html(input);
  EXPECT_TRUE(contains(html, "<td>equal</td>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">not predicted</span>"));
  EXPECT_TRUE(contains(html, "<td>+5.50%</td>"));
  EXPECT_TRUE(contains(html, "<span class=\"bad\">+20.00%</span>"));
  EXPECT_TRUE(contains(html, "<td>-30.00%</td>"));
  EXPECT_TRUE(contains(html, "<td>+200.00%</td>")) << "pages explain it";
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
      std::filesystem::path(::testing::TempDir()) / ("report-" + std::to_string(getpid()) + ".html");
  write_report(path, full_input());
  std::ifstream in(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), report_html(full_input()));
  std::filesystem::remove(path);
  try {
    write_report("/absent/report.html", {});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "/absent/report.html: the report cannot be written: No such file or directory");
  }
}

}  // namespace
}  // namespace weft
