#include "tests/train/observer/observed_run.h"

namespace weft {

void register_progress_line(ObserverRegistry& registry);

namespace {

class ProgressLine : public testing::ObservedRun {
 protected:
  /// What a rank says on stderr of steps 1 to 5, the fourth with a validation, and then on stdout.
  std::pair<std::string, std::string> said() const {
    ::testing::internal::CaptureStderr();
    ::testing::internal::CaptureStdout();
    const auto progress = observer(register_progress_line);
    for (int64_t step = 1; step <= 5; ++step) {
      StepRecord made = record(step, 2.5);
      if (step == 4) {
        made.validation.emplace();
        made.validation->loss = 0.125;
      }
      if (step == 5) {
        made.comparable = Evaluation{1.6208, 40, {{"accuracy", 0.5, "50.00%"}}};
        made.validation = Evaluation{1.665, 90, {{"accuracy", 0.25, "25.00%"}}};
      }
      progress->step(made);
    }
    RunEnd end;
    end.prompt = "a stitch";
    end.sample = " in time";
    progress->end(end);
    std::string out = ::testing::internal::GetCapturedStdout();
    return {::testing::internal::GetCapturedStderr(), out};
  }
};

TEST_F(ProgressLine, ShowsStepsEvaluationsAndTheSample) {
  start({"log.every=2"});
  const auto [lines, sample] = said();
  for (const char* text : {"step 2/5", "step 4/5", "step 5/5", "loss 2.5", "step 4  validation loss 0.1250\n",
                           "step 5  validation loss 1.6208  accuracy 50.00%; over all validation data loss "
                           "1.6650  accuracy 25.00%\n",
                           "loss 2.5000  validation loss 1.6208  accuracy 50.00%"}) {
    EXPECT_NE(lines.find(text), std::string::npos) << text << " is not in\n" << lines;
  }
  EXPECT_EQ(lines.find("step 3/5"), std::string::npos) << lines;
  EXPECT_EQ(sample, "a stitch in time\n");
}

TEST_F(ProgressLine, OtherRanksAreSilent) {
  run_->first_rank = false;
  const auto [lines, sample] = said();
  EXPECT_EQ(lines, "");
  EXPECT_EQ(sample, "");
}

}  // namespace
}  // namespace weft
