#include <cstdlib>
#include "tests/train/observer/observed_run.h"

#include "tests/ops/expect_error.h"

namespace weft {

void register_deadline(ObserverRegistry& registry);

namespace {

using Deadline = testing::ObservedRun;

// That a rank that stands still ends the job is tried with real processes (tests/jobs).
TEST_F(Deadline, TakesItsTimeFromTheEnvironment) {
  ::setenv("WEFT_HANG_SECONDS", "soon", 1);
  testing::expect_user_error([&] { observer(register_deadline); },
                             "WEFT_HANG_SECONDS=soon: expected a number of seconds, or 0 for no limit");
  ::setenv("WEFT_HANG_SECONDS", "0", 1);
  EXPECT_NE(observer(register_deadline), nullptr);
  ::unsetenv("WEFT_HANG_SECONDS");
}

}  // namespace
}  // namespace weft
