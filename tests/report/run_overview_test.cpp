#include "weft/report/run_overview.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/ops/expect_error.h"
#include "weft/report/row_fields.h"

namespace weft {
namespace {

MetricsRow row(int64_t step, double loss, double ms = 10) {
  MetricsRow made;
  made.step = step;
  made.loss = loss;
  made.step_ms = ms;
  return made;
}

ReportInput finished() {
  ReportInput input;
  input.run.state = RunState::finished;
  input.run.step = 3;
  input.run.steps = 3;
  input.run.parts = {{.began = 86400}};
  input.run.metrics = {{"accuracy", "more", true}};
  input.metrics = {row(1, 4, 900), row(2, 3, 10), row(3, 2, 12)};
  input.metrics[1].validation_loss = 2.5;
  input.metrics[1].more = {{"gradient_norm", 7}, {"validation_accuracy", 0.75}, {"validation_mae", 3}};
  return input;
}

TEST(RunOverview, TellsHowARunStands) {
  const RunOverview run = overview_of("runs/a", finished());
  EXPECT_EQ(run.state, "finished");
  EXPECT_EQ(run.step, 3);
  EXPECT_EQ(run.loss, 2);
  EXPECT_EQ(run.validation, 2.5);
  EXPECT_EQ(run.metric, "accuracy 75.00%");
  EXPECT_EQ(run.step_ms, 12) << "the first step says little";
  EXPECT_EQ(run.remark, "");
}

TEST(RunOverview, TheTimeOfAStepIsThatOfTheReport) {
  ReportInput input = finished();
  input.metrics.clear();
  // A machine that was busy at the end.
  for (int64_t step = 1; step <= 300; ++step) input.metrics.push_back(row(step, 1, step <= 200 ? 106 : 230));
  EXPECT_EQ(overview_of("a", input).step_ms, 106);
  EXPECT_NE(report_html(input).find("<b>106 ms</b><span>median step</span>"), std::string::npos);
}

TEST(RunOverview, ARunThatHasNotBegunHasTheDateOfItsMaking) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / fmt::format("weft-imported-{}", getpid());
  fs::create_directories(folder / "checkpoints");
  std::ofstream(folder / "recipe.toml").close();
  const fs::file_time_type day =
      std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(3 * 86400)));
  fs::last_write_time(folder / "recipe.toml", day);
  const RunOverview run = overview_of(folder, ReportInput{});
  fs::remove_all(folder);
  EXPECT_EQ(run.state, "not begun");
  EXPECT_EQ(run.began, 3 * 86400);
}

TEST(RunOverview, TellsARunThatGoesOnFromOneThatWasKilled) {
  ReportInput input = finished();
  input.run.state = RunState::going_on;
  EXPECT_EQ(overview_of("a", input).state, "killed");
  input.is_held = true;
  EXPECT_EQ(overview_of("a", input).state, "going on");
  input.run.state = RunState::interrupted;
  EXPECT_EQ(overview_of("a", input).state, "going on") << "it was resumed, and has not written yet";
  input.is_held = false;
  EXPECT_EQ(overview_of("a", input).state, "interrupted");
  input.run.state = RunState::failed;
  input.run.why = "step 4: the loss is nan";
  EXPECT_EQ(overview_of("a", input).remark, "step 4: the loss is nan");
  EXPECT_EQ(overview_of("a", ReportInput{}).state, "") << "of a run without a record nothing is known";
}

TEST(RunOverview, ARunThatWentOnAsAnotherSaysSoBelowItsLine) {
  ReportInput input = finished();
  input.run.parts.push_back({.after_step = 2, .changes = {"run.steps 2 -> 3"}});
  const std::string table = overview_table({overview_of("a", input)});
  EXPECT_NE(table.find("\n  resumed after step 2 with changes: run.steps 2 -> 3\n"), std::string::npos)
      << table;
}

TEST(RunOverview, TheLogIsAheadOfARecordThatWasWrittenLongAgo) {
  ReportInput input = finished();
  input.run.step = 1;
  EXPECT_EQ(overview_of("a", input).step, 3);
}

TEST(RunOverview, ATableHasALineARunInTheOrderOfTheirBeginning) {
  RunOverview later = overview_of("runs/later", finished());
  later.began = 5 * 86400;
  RunOverview broken;
  broken.folder = "runs/broken";
  broken.remark = "runs/broken/metrics.jsonl: line 3 is no row";
  const std::string table = overview_table({later, broken, overview_of("runs/a", finished())});
  std::vector<std::string> lines;
  for (size_t at = 0; at < table.size(); at = table.find('\n', at) + 1) {
    lines.push_back(table.substr(at, table.find('\n', at) - at));
  }
  ASSERT_EQ(lines.size(), 5U) << table;
  EXPECT_EQ(lines[0], "run          state     step  loss    validation  metric           a step   began");
  EXPECT_TRUE(lines[1].starts_with(
      "runs/a       finished  3/3   2.0000  2.5000      accuracy 75.00%  12.0 ms  1970-01-"))
      << table;
  EXPECT_TRUE(lines[2].starts_with("runs/later ")) << table;
  EXPECT_EQ(lines[3], "runs/broken  ?         0") << "whose beginning is not known";
  EXPECT_EQ(lines[4], "  runs/broken/metrics.jsonl: line 3 is no row");
}

TEST(RunOverview, RunsAreFoundBelowFoldersButNotBelowRuns) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / fmt::format("weft-runs-{}", getpid());
  for (const char* run : {"a", "sweep/b", "sweep/deep/c", "a/checkpoints/inner"}) {
    fs::create_directories(folder / run);
    std::ofstream(folder / run / "recipe.toml").close();
  }
  fs::create_directories(folder / "empty");
  std::vector<fs::path> found = find_runs(folder);
  std::ranges::sort(found);
  EXPECT_EQ(found, (std::vector<fs::path>{folder / "a", folder / "sweep/b", folder / "sweep/deep/c"}));
  EXPECT_EQ(find_runs(folder / "a"), (std::vector<fs::path>{folder / "a"}));
  EXPECT_TRUE(find_runs(folder / "empty").empty());
  testing::expect_user_error(
      [&] { find_runs(folder / "none"); },
      (folder / "none").string() + ": the runs cannot be listed: No such file or directory");
  fs::remove_all(folder);
}

TEST(RunOverview, AFolderThatNobodyMayLookIntoHidesNoOthers) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / fmt::format("weft-closed-runs-{}", getpid());
  for (const char* run : {"a", "closed", "z"}) {
    fs::create_directories(folder / run);
    std::ofstream(folder / run / "recipe.toml").close();
  }
  fs::permissions(folder / "closed", fs::perms::none);
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(is_root ? ::seteuid(65534) : 0, 0);
  std::vector<fs::path> found = find_runs(folder);
  testing::expect_user_error([&] { find_runs(folder / "closed"); },
                             "/closed: the runs cannot be listed: Permission denied");
  ASSERT_EQ(is_root ? ::seteuid(0) : 0, 0);
  fs::permissions(folder / "closed", fs::perms::all);
  std::ranges::sort(found);
  EXPECT_EQ(found, (std::vector<fs::path>{folder / "a", folder / "closed", folder / "z"}))
      << "what is wrong with it, reading it says";
  fs::remove_all(folder);
}

}  // namespace
}  // namespace weft
