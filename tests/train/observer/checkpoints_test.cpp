#include <limits>

#include "tests/ops/expect_error.h"
#include "tests/train/observer/observed_run.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_files.h"
#include "weft/report/run_files.h"

namespace weft {

void register_checkpoints(ObserverRegistry& registry);

namespace {

class Checkpoints : public testing::ObservedRun {
 protected:
  std::vector<int64_t> kept() const {
    std::vector<int64_t> steps;
    for (const CheckpointName& name : list_checkpoints(checkpoints_of(folder()))) steps.push_back(name.step);
    return steps;
  }
};

TEST_F(Checkpoints, AreWrittenEverySoManyStepsAndAfterTheLast) {
  start({"checkpoint.every=2", "checkpoint.keep=3"});
  const auto checkpoints = observer(register_checkpoints);
  for (int64_t step = 1; step <= 5; ++step) {
    checkpoints->step(record(step));
    checkpoints->keep(record(step));
  }
  EXPECT_EQ(kept(), (std::vector<int64_t>{5, 4, 2}));
}

TEST_F(Checkpoints, AreWrittenWhereTheRunIsInterrupted) {
  const auto checkpoints = observer(register_checkpoints);
  checkpoints->keep(record(2));
  EXPECT_TRUE(kept().empty()) << "checkpoint.every is 0: only at the end";
  StepRecord interrupted = record(3);
  interrupted.is_interrupted = true;
  checkpoints->keep(interrupted);
  EXPECT_EQ(kept(), (std::vector<int64_t>{3}));
}

/// Steps 1 to 5 with these losses of the validation data; a step without one is not evaluated.
class Best : public Checkpoints {
 protected:
  void run(const std::vector<std::optional<double>>& losses, const std::string& metric = "") const {
    const auto checkpoints = observer(register_checkpoints);
    for (size_t i = 0; i < losses.size(); ++i) {
      StepRecord made = record(static_cast<int64_t>(i) + 1);
      if (losses[i]) {
        made.validation.emplace();
        made.validation->loss = *losses[i];
        if (!metric.empty()) made.validation->metrics.push_back({metric, *losses[i], ""});
        made.comparable = made.validation;
      }
      checkpoints->keep(made);
    }
  }
  std::optional<BestCheckpoint> best() const { return read_best(checkpoints_of(folder())); }
};

TEST_F(Best, IsKeptBesideTheNewest) {
  start({"checkpoint.best=loss", "checkpoint.keep=1", "log.evaluate_every=1"});
  run({3, 1, {}, 2, 1});
  EXPECT_EQ(kept(), (std::vector<int64_t>{5, 2})) << "as good is not better";
  EXPECT_EQ(best(), (BestCheckpoint{2, "loss", 1, 1}));
}

TEST_F(Best, OfARunThatGoesOnIsWhatItWasBefore) {
  start({"checkpoint.best=loss", "checkpoint.keep=1", "log.evaluate_every=1"});
  run({3, 1});
  run_->resumed_after = 2;
  run({std::nullopt, std::nullopt, 1.5, 0.5, 2});
  EXPECT_EQ(best(), (BestCheckpoint{4, "loss", 0.5, 0.5}));
  EXPECT_EQ(kept(), (std::vector<int64_t>{5, 4}));
  start({"checkpoint.best=loss", "checkpoint.keep=1", "log.evaluate_every=1"});
  run({7});
  EXPECT_EQ(best(), (BestCheckpoint{1, "loss", 7, 7})) << "a run that begins anew";
}

TEST_F(Best, FollowsTheMetricInItsOwnDirection) {
  NEEDS_KINDS("accuracy");
  start(
      {"checkpoint.best=accuracy", "task.metrics=['accuracy']", "checkpoint.keep=1", "log.evaluate_every=1"});
  run({0.25, 0.5, std::numeric_limits<double>::quiet_NaN(), 0.375, 0.5}, "accuracy");
  EXPECT_EQ(best(), (BestCheckpoint{2, "accuracy", 0.5, 0.5}));
}

TEST_F(Best, OfEqualMetricsIsThatOfTheLowerLoss) {
  NEEDS_KINDS("accuracy");
  start(
      {"checkpoint.best=accuracy", "task.metrics=['accuracy']", "checkpoint.keep=1", "log.evaluate_every=1"});
  const auto keep = [&](RunObserver& checkpoints, int64_t step, double loss) {
    StepRecord made = record(step);
    made.validation.emplace().loss = loss;
    made.validation->metrics.push_back({"accuracy", 0.5, ""});
    made.comparable = made.validation;
    checkpoints.keep(made);
  };
  const auto checkpoints = observer(register_checkpoints);
  keep(*checkpoints, 1, 3);
  keep(*checkpoints, 2, 2);
  keep(*checkpoints, 3, 2);
  checkpoints->fail();  // ends what is under way
  EXPECT_EQ(best(), (BestCheckpoint{2, "accuracy", 0.5, 2}));
  run_->resumed_after = 3;
  const auto resumed = observer(register_checkpoints);
  keep(*resumed, 4, 2.5);
  keep(*resumed, 5, 1);
  EXPECT_EQ(best(), (BestCheckpoint{5, "accuracy", 0.5, 1}));
}

TEST_F(Best, ComparesNoPartOfTheDataWithAllOfThem) {
  start({"checkpoint.best=loss", "checkpoint.keep=1", "log.evaluate_every=1", "log.evaluate_batches=1"});
  run({3, 2});
  run_->resumed_after = 2;
  StepRecord last = record(5);
  last.validation.emplace().loss = 1;
  last.comparable.emplace().loss = 4;
  observer(register_checkpoints)->keep(last);
  EXPECT_EQ(best(), (BestCheckpoint{2, "loss", 2, 2})) << "1 is of all data";
  last.comparable->loss = 1.5;
  observer(register_checkpoints)->keep(last);
  EXPECT_EQ(best(), (BestCheckpoint{5, "loss", 1.5, 1.5}));
}

TEST_F(Best, OfWhatWasMeasuredOtherwiseIsNotComparedWith) {
  start({"checkpoint.best=loss", "log.evaluate_every=1", "log.evaluate_batches=1"});
  run({3, 1});
  start({"checkpoint.best=loss", "log.evaluate_every=1", "log.evaluate_batches=0"});
  run_->resumed_after = 2;
  ::testing::internal::CaptureStderr();
  run({std::nullopt, std::nullopt, 2, 1.5});
  EXPECT_NE(::testing::internal::GetCapturedStderr().find(
                "the best checkpoint so far, of step 2 (loss 1), is no longer compared with: "
                "log.evaluate_batches 1 -> 0\n"),
            std::string::npos);
  EXPECT_EQ(best(), (BestCheckpoint{4, "loss", 1.5, 1.5}));
}

TEST_F(Best, IsAskedForByANameThatIsMeasured) {
  NEEDS_KINDS("accuracy");
  testing::expect_user_error(
      [&] {
        start({"checkpoint.best=beauty", "task.metrics=[]", "log.evaluate_every=1"});
      },
      "checkpoint.best = \"beauty\": expected one of what is measured, loss");
  testing::expect_user_error(
      [&] {
        start({"checkpoint.best=acuracy", "task.metrics=['accuracy']", "log.evaluate_every=1"});
      },
      "checkpoint.best = \"acuracy\": expected one of what is measured, loss, accuracy; did you mean "
      "\"accuracy\"?");
}

}  // namespace
}  // namespace weft
