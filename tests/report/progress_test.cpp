#include "weft/report/progress.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft {
namespace {

using std::chrono::seconds;

TEST(Progress, RatesAreMeansSinceTheLastKeptLineAndTimeLeftSinceTheStart) {
  const Progress::Clock::time_point start{};
  Progress progress(100, 20, 64, "tokens", start);
  EXPECT_EQ(progress.line(30, 2.5, "", true, start + seconds(10)),
            "step  30/100  loss 2.5000  64 tokens/s  1:10 left");
  // Ten steps more take twenty seconds: half the rate; thirty for twenty of eighty steps.
  EXPECT_EQ(progress.line(40, 2, "  validation loss 2.1000", false, start + seconds(30)),
            "step  40/100  loss 2.0000  validation loss 2.1000  32 tokens/s  1:30 left");
  EXPECT_EQ(progress.line(50, 2, "", true, start + seconds(40)),
            "step  50/100  loss 2.0000  43 tokens/s  1:07 left")
      << "the line before was not kept";
  EXPECT_EQ(progress.line(100, 1, "", true, start + seconds(90)),
            "step 100/100  loss 1.0000  64 tokens/s  0:00 left");
}

TEST(Progress, AStepWithoutTargetsHasNoLoss) {
  const Progress::Clock::time_point start{};
  Progress progress(100, 0, 1, "samples", start);
  EXPECT_EQ(progress.line(50, std::nan(""), "", true, start + seconds(50)),
            "step  50/100  loss –  1 samples/s  0:50 left");
}

TEST(Progress, WithoutATerminalOnlyKeptLinesAreWritten) {
  ::testing::internal::CaptureStderr();
  Progress progress(3, 0, 1, "samples");
  progress.show(1, 1, "", false);
  progress.show(2, 1, "", true);
  Progress::say("a\x1b word");
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find("step 1/3"), std::string::npos) << text;
  EXPECT_EQ(text.find("step 2/3"), 0U) << text;
  EXPECT_TRUE(text.ends_with(" left\na\\x1b word\n")) << text;
}

TEST(Progress, ClocksAreReadByPeople) {
  EXPECT_EQ(clock_text(5.4), "0:05");
  EXPECT_EQ(clock_text(65), "1:05");
  EXPECT_EQ(clock_text(7384), "2:03:04");
}

}  // namespace
}  // namespace weft
