#include "weft/report/counter.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

std::string shown(std::optional<double> first_after_s) {
  testing::internal::CaptureStderr();
  Counter counter("planning: stage", first_after_s);
  counter.show(3, 14);
  counter.show(4, 14);
  return testing::internal::GetCapturedStderr();
}

TEST(Counter, SaysNothingOfWhatIsOverSoon) {
  EXPECT_EQ(shown({}), "");
  EXPECT_EQ(shown(60), "");
}

TEST(Counter, ShowsItsFirstLineWhenThatIsWantedAndTheNextNotAtOnce) {
  EXPECT_EQ(shown(0), "planning: stage 3 of 14\n");
}

}  // namespace
}  // namespace weft
