// Of train/observer/report.cpp, train/begin_record.h, train/run_report.h: what a run records of itself.
#include "tests/train/observer/observed_run.h"
#include "weft/report/facts.h"
#include "weft/report/metrics_log.h"
#include "weft/report/run_files.h"

namespace weft {

void register_report(ObserverRegistry& registry);

namespace {

using Report = testing::ObservedRun;

TEST_F(Report, IsDrawnAtTheEnd) {
  std::ofstream(folder() / "report.json") << "facts of an earlier run";
  const auto report = observer(register_report);
  EXPECT_EQ(read_report_facts(folder()).run.state, RunState::going_on);
  std::ofstream(folder() / "recipe.toml").close();
  MetricsLog(folder() / "metrics.jsonl").write(record(5).row);
  report->step(record(5));
  RunEnd end;
  end.prompt = "a stitch";
  end.sample = " in time <saves> nine";
  report->end(end);
  EXPECT_NE(content(report_of(folder())).find("in time &lt;saves&gt; nine"), std::string::npos);
  const ReportInput read = read_report_facts(folder());
  EXPECT_EQ(read.prompt, "a stitch");
  EXPECT_EQ(read.sample, " in time <saves> nine");
  EXPECT_EQ(read.sample_step, 5);
  EXPECT_EQ(read.run.state, RunState::finished);
  EXPECT_EQ(read.run.step, 5);
  EXPECT_EQ(read.run.steps, 5);
}

TEST_F(Report, RecordsWhatItIsOf) {
  observer(register_report);
  const RunRecord run = read_report_facts(folder()).run;
  ASSERT_EQ(run.parts.size(), 1U);
  EXPECT_GT(run.parts[0].began, 1.6e9);
  EXPECT_FALSE(run.parts[0].command.empty());
  EXPECT_FALSE(run.parts[0].host.empty());
  EXPECT_EQ(run.parts[0].mesh, "1 rank");
  ASSERT_FALSE(run.facts.empty());
  EXPECT_EQ(run.facts[0].name, "model");
  EXPECT_TRUE(run.facts[0].value.starts_with("gpt: ")) << run.facts[0].value;
  EXPECT_GT(run.steps_per_epoch, 0);
}

TEST_F(Report, OfARunThatGoesOnIsWrittenAgainAndAgain) {
  std::ofstream(folder() / "recipe.toml").close();
  const auto report = observer(register_report);
  std::vector<int64_t> written;
  for (int64_t step = 1; step <= 4; ++step) {
    report->step(record(step));
    report->keep(record(step));
    written.push_back(read_report_facts(folder()).run.step);
  }
  EXPECT_EQ(written, (std::vector<int64_t>{1, 2, 3, 4}));
  ASSERT_EQ(read_report_facts(folder()).ranks.size(), 1U);
  EXPECT_GT(read_report_facts(folder()).ranks[0].wall_ms, 0);
}

TEST_F(Report, SaysWhyTheRunFailed) {
  std::ofstream(folder() / "recipe.toml").close();
  const auto report = observer(register_report);
  report->step(record(2));
  report->failed("step 3: the loss is nan");
  const RunRecord run = read_report_facts(folder()).run;
  EXPECT_EQ(run.state, RunState::failed);
  EXPECT_EQ(run.why, "step 3: the loss is nan");
  EXPECT_EQ(run.step, 2);
  EXPECT_NE(content(report_of(folder())).find("Step 3: the loss is nan"), std::string::npos);
}

TEST_F(Report, SaysWhyARankFailedThatTheFirstWaitsFor) {
  std::ofstream(folder() / "recipe.toml").close();
  const auto report = observer(register_report);
  run_->first_rank = false;
  report->failed("data/7.png: is cut short");
  EXPECT_EQ(read_report_facts(folder()).run.state, RunState::failed);
  EXPECT_EQ(read_report_facts(folder()).run.why, "rank 0: data/7.png: is cut short");
  run_->first_rank = true;
  report->failed("data/7.png is missing");
  run_->first_rank = false;
  report->failed("an error that follows from it");
  EXPECT_EQ(read_report_facts(folder()).run.why, "data/7.png is missing") << "the first speaks for itself";
}

TEST_F(Report, OfARunThatGoesOnWithAnotherHasThePartsOfBoth) {
  ReportInput before;
  before.run.parts = {{.command = "the first"}};
  before.run.skipped_updates = 2;
  before.ops = {{.name = "of old", .kind = "k", .phase = "p", .calls = 1, .total_ms = 3}};
  before.sample = "what it wrote";
  write_report_facts(folder(), before);
  run_->resumed_after = 3;
  const auto report = observer(register_report);
  const ReportInput read = read_report_facts(folder());
  ASSERT_EQ(read.run.parts.size(), 2U);
  EXPECT_EQ(read.run.parts[0].command, "the first");
  EXPECT_EQ(read.run.parts[1].after_step, 3);
  EXPECT_EQ(read.run.skipped_updates, 2);
  EXPECT_EQ(read.ops.at(0).name, "of old");
  EXPECT_EQ(read.sample, "what it wrote");
}

TEST_F(Report, OfABrokenRecordIsBegunAnew) {
  std::ofstream(folder() / "report.json") << "{";
  run_->resumed_after = 3;
  ::testing::internal::CaptureStderr();
  const auto report = observer(register_report);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("the report has no times of what was before"),
            std::string::npos);
  EXPECT_EQ(read_report_facts(folder()).run.parts.size(), 1U);
}

TEST_F(Report, IsWrittenByTheFirstRank) {
  run_->first_rank = false;
  const auto report = observer(register_report);
  ASSERT_NE(report, nullptr);
  report->end({});
  report->failed("why");
  EXPECT_FALSE(std::filesystem::exists(folder() / "report.json"));
}

}  // namespace
}  // namespace weft
