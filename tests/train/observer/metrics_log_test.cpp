#include "weft/report/metrics_log.h"
#include "tests/ops/expect_error.h"
#include "tests/train/observer/observed_run.h"
#include "weft/report/run_files.h"

namespace weft {

void register_metrics_log(ObserverRegistry& registry);

namespace {

class Metrics : public testing::ObservedRun {
 protected:
  std::vector<double> losses() const { return testing::losses_of(folder()); }

  /// What is said when the run goes on after `step`.
  std::string said_on_resume(int64_t step) {
    run_->resumed_after = step;
    ::testing::internal::CaptureStderr();
    observer(register_metrics_log);
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Metrics, HaveARowForEveryStep) {
  const auto metrics = observer(register_metrics_log);
  for (int64_t step = 1; step <= 3; ++step) metrics->step(record(step, 0.5 * static_cast<double>(step)));
  EXPECT_EQ(losses(), (std::vector<double>{0.5, 1, 1.5}));
}

TEST_F(Metrics, OfARunThatGoesOnKeepTheRowsUpToItsCheckpoint) {
  for (int64_t step = 1; step <= 3; ++step)
    observer(register_metrics_log)->step(record(1, static_cast<double>(step + 4)));
  EXPECT_EQ(losses(), (std::vector<double>{7})) << "a new run begins anew";
  run_->resumed_after = 1;
  observer(register_metrics_log)->step(record(2, 8));
  EXPECT_EQ(losses(), (std::vector<double>{7, 8}));
  observer(register_metrics_log)->step(record(2, 9));
  EXPECT_EQ(losses(), (std::vector<double>{7, 9}));
}

TEST_F(Metrics, ThatEndBeforeTheCheckpointAreSaid) {
  const auto expected = [&](const std::string& steps) {
    return fmt::format("warning: {}: the log lacks {}, so that the report's curves have a hole there\n",
                       metrics_log_of(folder()).string(), steps);
  };
  EXPECT_EQ(said_on_resume(3), expected("steps 1 to 3")) << "there is no log";
  observer(register_metrics_log)->step(record(3));
  EXPECT_EQ(said_on_resume(4), expected("step 4"));
  EXPECT_EQ(said_on_resume(3), "");
}

TEST_F(Metrics, OfStepsThatAreMadeAnewAreKept) {
  observer(register_metrics_log)->step(record(1, 7));
  ::testing::internal::CaptureStderr();
  observer(register_metrics_log)->step(record(1, 8));
  const std::string first = (folder() / "metrics.1.jsonl").string();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "the log of the steps that were made before is kept as " + first + "\n");
  observer(register_metrics_log)->step(record(1, 9));
  EXPECT_EQ(losses(), std::vector<double>{9});
  EXPECT_NE(content(first).find("\"loss\":7"), std::string::npos) << content(first);
  EXPECT_NE(content(folder() / "metrics.2.jsonl").find("\"loss\":8"), std::string::npos);
}

TEST_F(Metrics, AreOneRanks) {
  run_->first_rank = false;
  EXPECT_EQ(observer(register_metrics_log), nullptr);
}

}  // namespace
}  // namespace weft
