#include "tests/train/observer/observed_run.h"
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

}  // namespace
}  // namespace weft
