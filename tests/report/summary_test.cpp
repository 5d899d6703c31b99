// Of report/summary.cpp: verdict, facts and headline numbers on the page.
#include <gtest/gtest.h>

#include "tests/report/full_input.h"
#include "weft/report/sections.h"

namespace weft {
namespace {

using testing::contains;
using testing::full_input;

TEST(ReportSummary, FactsSayWhenByWhatAndHowOftenItWasResumed) {
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

TEST(ReportSummary, FactsSayWhatChangedAtAResume) {
  ReportInput input = full_input();
  EXPECT_FALSE(contains(report_html(input), "<dt>changed</dt>"));
  input.run.parts.back().after_step = 183;
  input.run.parts.back().changes = {"optimizer.learning_rate 0.003 -> 0.0001"};
  EXPECT_TRUE(
      contains(report_html(input),
               "<dt>changed</dt><dd>resumed after step 183 with changes: optimizer.learning_rate 0.003 "
               "-&gt; 0.0001</dd>"));
}

TEST(ReportSummary, AVerdictHasASignBesideItsColour) {
  ReportInput input;
  input.run.parts.resize(1);
  const auto sign = [&](RunState state) {
    input.run.state = state;
    const std::string html = verdict_section(input);
    return html.substr(html.find("<i>") + 3, html.find("</i>") - html.find("<i>") - 3);
  };
  EXPECT_EQ(sign(RunState::finished), "✓");
  EXPECT_EQ(sign(RunState::failed), "✕");
  EXPECT_EQ(sign(RunState::interrupted), "❚❚");
  EXPECT_EQ(sign(RunState::going_on), "?");
  input.is_held = true;
  EXPECT_EQ(sign(RunState::going_on), "▶");
}

TEST(ReportSummary, TheDurationLeavesOutPauses) {
  ReportInput input;
  input.run.state = RunState::finished;
  input.run.parts = {{.began = 1000, .seen = 1010}, {.began = 5000, .seen = 5020, .after_step = 1}};
  MetricsRow row;
  row.step = 1;
  row.time = 1030;  // after the first part wrote its record for the last time
  input.metrics = {row};
  EXPECT_TRUE(contains(facts_section(input, RunAxes(input)), "<dt>duration</dt><dd>50 s</dd>"));
}

}  // namespace
}  // namespace weft
