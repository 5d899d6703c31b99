#include "tests/train/observer/observed_run.h"
#include "weft/report/metrics_log.h"
#include "weft/report/run_files.h"

namespace weft {

void register_report(ObserverRegistry& registry);

namespace {

using Report = testing::ObservedRun;

TEST_F(Report, IsDrawnAtTheEnd) {
  std::ofstream(folder() / "report.json") << "facts of an earlier run";
  const auto report = observer(register_report);
  EXPECT_FALSE(std::filesystem::exists(folder() / "report.json"));
  std::ofstream(folder() / "recipe.toml").close();
  MetricsLog(folder() / "metrics.jsonl").write(record(5).row);
  RunEnd end;
  end.prompt = "a stitch";
  end.sample = " in time <saves> nine";
  report->end(end);
  const std::string page = content(report_of(folder()));
  EXPECT_NE(page.find("a stitch in time &lt;saves&gt; nine"), std::string::npos);
  EXPECT_NE(content(folder() / "report.json").find("in time <saves> nine"), std::string::npos);
}

TEST_F(Report, IsOneRanks) {
  run_->first_rank = false;
  EXPECT_EQ(observer(register_report), nullptr);
}

}  // namespace
}  // namespace weft
