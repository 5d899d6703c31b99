#include "tests/ops/expect_error.h"
#include "tests/train/observer/observed_run.h"
#include "weft/train/training_step.h"

namespace weft {

void register_timeline(ObserverRegistry& registry);

namespace {

using Timeline = testing::ObservedRun;

TEST_F(Timeline, HasWhatTheLastStepsDid) {
  EXPECT_EQ(observer(register_timeline), nullptr) << "nobody asked for one";
  options_.trace = folder() / "trace.json";
  const auto timeline = observer(register_timeline);
  timeline->begins({"the data of a step", "data"});
  timeline->ends({"the data of a step", "data"});
  TrainingStep(*session_).run(0, 1e-3);
  timeline->step(record(1));
  timeline->end({});
  const std::string written = content(options_.trace);
  EXPECT_NE(written.find("\"matmul"), std::string::npos);
  EXPECT_NE(written.find("\"data\""), std::string::npos);
}

TEST_F(Timeline, SaysAtOnceThatItCannotBeWritten) {
  options_.trace = folder() / "none/trace.json";
  testing::expect_user_error([&] { observer(register_timeline); },
                             "/none/trace.json: the trace cannot be written");
}

}  // namespace
}  // namespace weft
