#include "weft/report/comparison.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace weft {
namespace {

/// `steps` steps with the loss `at_end` + steps that are left, and a validation every ten.
ReportInput run(int64_t steps, double at_end) {
  ReportInput input;
  input.run.state = RunState::finished;
  input.run.parts.emplace_back();
  input.run.step = input.run.steps = steps;
  input.run.metrics = {{"accuracy", "more", true}};
  for (int64_t step = 1; step <= steps; ++step) {
    MetricsRow row;
    row.step = step;
    row.loss = at_end + static_cast<double>(steps - step);
    row.step_ms = 20;
    if (step % 10 == 0) {
      row.validation_loss = row.loss + 1;
      row.more = {{"validation_accuracy", step == 10 ? 0.5 : 0.25}};
    }
    input.metrics.push_back(row);
  }
  return input;
}

std::map<std::string, std::vector<std::string>> lines_of(const std::vector<ComparedRun>& runs) {
  std::map<std::string, std::vector<std::string>> lines;
  for (const ComparedLine& line : compare_courses(runs)) lines[line.what] = line.values;
  return lines;
}

using Values = std::vector<std::string>;

TEST(Comparison, LossesAreComparedAtStepsThatAllHaveReached) {
  const auto lines = lines_of({{"a", run(40, 2)}, {"b", run(20, 1)}});
  EXPECT_EQ(lines.at("steps"), (Values{"40 of 40", "20 of 20"}));
  EXPECT_EQ(lines.at("loss of step 5"), (Values{"37.0000", "16.0000"}));
  EXPECT_EQ(lines.at("loss of step 20"), (Values{"22.0000", "1.0000"}));
  EXPECT_EQ(lines.count("loss of step 40"), 0U);
  EXPECT_EQ(lines.at("a step"), (Values{"20.0 ms", "20.0 ms"}));
}

TEST(Comparison, StepsThatOnlyOneRunHasDecideNothing) {
  ReportInput longer = run(200, 0);
  ReportInput shorter = longer;
  shorter.metrics.resize(100);
  shorter.metrics[98].loss = std::numeric_limits<double>::quiet_NaN();
  longer.metrics[98].loss = std::numeric_limits<double>::quiet_NaN();
  const auto lines = lines_of({{"a", longer}, {"b", shorter}});
  EXPECT_EQ(lines.at("mean loss of steps 96 to 100"), (Values{"102.2500", "102.2500"}));
}

TEST(Comparison, MetricsAreAtTheirBestAndAtTheEnd) {
  ReportInput other = run(20, 1);
  other.metrics[19].more[0].second = std::numeric_limits<double>::quiet_NaN();
  other.run.metrics.push_back({"mean_error", "nearer 0", false});
  other.metrics[9].more.emplace_back("validation_mean_error", -0.5);
  other.metrics[19].more.emplace_back("validation_mean_error", 2);
  const auto lines = lines_of({{"a", run(40, 2)}, {"b", other}});
  EXPECT_EQ(lines.at("best accuracy"), (Values{"50.00% at step 10", "50.00% at step 10"}));
  EXPECT_EQ(lines.at("last accuracy"), (Values{"25.00% at step 40", "– at step 20"}));
  EXPECT_EQ(lines.at("best validation loss"), (Values{"3 at step 40", "2 at step 20"}));
  EXPECT_EQ(lines.at("best mean_error"), (Values{"", "-0.5 at step 10"}));
}

TEST(Comparison, ARunWithoutALogHasNothingToCompare) {
  const auto lines = lines_of({{"a", run(40, 2)}, {"b", ReportInput{}}});
  EXPECT_EQ(lines.at("state"), (Values{"finished", ""}));
  EXPECT_EQ(lines.at("last validation loss"), (Values{"3 at step 40", ""}));
  for (const auto& [what, values] : lines) EXPECT_FALSE(what.starts_with("loss at")) << what;
}

TEST(Comparison, ATableNumbersTheRunsAndCutsWhatIsTooLong) {
  const std::vector<ComparedRun> runs{{"a", {}}, {"runs/b", {}}};
  EXPECT_EQ(
      comparison_table(runs, {{"run.steps", {"5", "60"}}, {"data.path", {"\"x\"", std::string(40, 'y')}}}),
      "           1: a  2: runs/b\n"
      "run.steps  5     60\n"
      "data.path  \"x\"   yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...\n");
  EXPECT_EQ(comparison_table(runs, {}), "  1: a  2: runs/b\n");
}

TEST(Comparison, ARunThatWentOnAsAnotherSaysSo) {
  ReportInput changed = run(20, 1);
  changed.run.parts.push_back(
      {.after_step = 7, .changes = {"loss.kind \"a\" -> \"b\"", "run.steps 9 -> 20"}});
  const std::vector<ComparedRun> runs{{"a", run(20, 1)}, {"runs/b", changed}};
  EXPECT_EQ(
      comparison_notes(runs),
      (Values{"2: runs/b: resumed after step 7 with changes: loss.kind \"a\" -> \"b\", run.steps 9 -> 20"}));
  EXPECT_NE(
      comparison_html(runs, {}).find("<p>2: runs/b: resumed after step 7 with changes: loss.kind &quot;a"),
      std::string::npos);
}

TEST(Comparison, APageHasBothTablesAndACurveOfEachRun) {
  const std::string page =
      comparison_html({{"one & two", run(40, 2)}, {"b", run(20, 1)}}, {{"run.steps", {"40", "<20>"}}});
  for (const char* part : {"2 runs compared", "1: one &amp; two", "<div class=\"compared\">",
                           "<th>run.steps</th><td>40</td><td>&lt;20&gt;</td>", "Training loss",
                           "Validation loss", "Validation: accuracy", "25.00% at step 40"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page.find("recipes are equal"), std::string::npos);
  const std::string nothing = comparison_html({{"a", {}}, {"b", {}}}, {});
  EXPECT_NE(nothing.find("The recipes are equal."), std::string::npos);
  EXPECT_EQ(nothing.find("Training loss"), std::string::npos);
}

}  // namespace
}  // namespace weft
