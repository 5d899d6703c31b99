#include "tests/train/observer/observed_run.h"
#include "weft/train/run_facts.h"

namespace weft {

void register_start_lines(ObserverRegistry& registry);

namespace {

class StartLines : public testing::ObservedRun {
 protected:
  std::string said() const {
    ::testing::internal::CaptureStderr();
    observer(register_start_lines);
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(StartLines, AreTheFactsAndTheFolderOfAtMostTen) {
  const std::string text = said();
  EXPECT_LE(std::ranges::count(text, '\n'), 10);
  for (const RunFact& fact : run_facts(*run_)) {
    EXPECT_NE(text.find(fmt::format("{:<8}{}\n", fact.name, fact.value)), std::string::npos) << text;
  }
  EXPECT_TRUE(text.ends_with("folder  " + folder().string() + "\n")) << text;
}

TEST_F(StartLines, OnlyTheFirstRankSpeaks) {
  run_->first_rank = false;
  EXPECT_EQ(said(), "");
}

}  // namespace
}  // namespace weft
