#include "tests/train/observer/observed_run.h"

namespace weft {

void register_tensorboard_events(ObserverRegistry& registry);

namespace {

class TensorboardEvents : public testing::ObservedRun {
 protected:
  /// All event files, one after the other.
  std::string events() const {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder() / "tensorboard"))
      if (entry.is_regular_file()) all += content(entry.path());
    return all;
  }
};

TEST_F(TensorboardEvents, AreWrittenWhereTheRecipeAsksForThem) {
  EXPECT_EQ(observer(register_tensorboard_events), nullptr);
  start({"log.tensorboard=true"});
  {
    StepRecord made = record(1);
    made.row.validation_loss = 2;
    made.row.more = {{"accuracy", 0.5}};
    observer(register_tensorboard_events)->step(made);
  }
  const std::string written = events();
  for (const char* tag : {"loss/train", "loss/validation", "learning_rate", "time/step_ms", "accuracy"}) {
    EXPECT_NE(written.find(tag), std::string::npos) << tag;
  }
  run_->first_rank = false;
  EXPECT_EQ(observer(register_tensorboard_events), nullptr);
}

}  // namespace
}  // namespace weft
