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

TEST_F(TensorboardEvents, AreWrittenUnlessTheRecipeSaysNot) {
  start({"log.tensorboard=false"});
  EXPECT_EQ(observer(register_tensorboard_events), nullptr);
  start({});
  {
    StepRecord made = record(1);
    made.row.validation_loss = 2;
    made.row.more = {{"validation_accuracy", 0.5},
                     {"gradient_norm", 2},
                     {"stall_ms", 3},
                     {"held_bytes disk", 4},
                     {"final_validation_loss", 1}};
    observer(register_tensorboard_events)->step(made);
  }
  const std::string written = events();
  // Losses first: TensorBoard goes by the alphabet.
  size_t before = 0;
  for (const char* tag : {"final/validation_loss", "loss/train", "loss/validation", "metrics/accuracy",
                          "optimizer/gradient_norm", "optimizer/learning_rate", "system/held_bytes disk",
                          "time/samples_per_s", "time/stall_ms", "time/step_ms"}) {
    const size_t at = written.find(tag);
    ASSERT_NE(at, std::string::npos) << tag;
    EXPECT_GT(at, before) << tag;
    before = at;
  }
  run_->first_rank = false;
  EXPECT_EQ(observer(register_tensorboard_events), nullptr);
}

}  // namespace
}  // namespace weft
