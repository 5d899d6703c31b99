// The supervisor with shells in the place of runs; tests/jobs/launch_test.cpp has real ones.
#include "weft/launch/supervisor.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "weft/report/run_files.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class Supervise : public ::testing::Test {
 protected:
  Supervise() : folder_(fs::temp_directory_path() / fmt::format("weft-supervise-{}", getpid())) {
    fs::create_directories(folder_);
  }
  ~Supervise() override { fs::remove_all(folder_); }

  /// Runs shells, one an attempt; the last of them again where there are more attempts.
  int supervise_shells(const std::vector<std::string>& shells, RestartLimits limits) {
    SupervisedRun run;
    run.command = [&](int ranks, bool again) {
      EXPECT_EQ(again, !ranks_.empty());
      const std::string& shell = shells[std::min(ranks_.size(), shells.size() - 1)];
      ranks_.push_back(ranks);
      return LaunchCommand{{"/bin/sh", "-c", shell}, true, {}};
    };
    run.folder = folder_;
    run.parallel.data = 4;
    run.ranks = 4;
    run.limits = limits;
    run.alone = alone_;
    if (slots_ > 0) run.slots = [this] { return slots_; };
    return supervise(run);
  }
  /// A shell that makes so many steps and is then killed.
  std::string killed_after(int step) const {
    return fmt::format("echo '{{\"step\":{},\"loss\":1}}' > {}; kill -9 $$", step,
                       metrics_log_of(folder_).string());
  }

  fs::path folder_;
  std::vector<int> ranks_;  ///< of each attempt
  int slots_ = 0;           ///< 0: nobody counts them
  std::chrono::seconds alone_{30};
};

TEST_F(Supervise, GoesOnWithTheRanksThatHostsStillHave) {
  slots_ = 2;
  EXPECT_EQ(supervise_shells({killed_after(3), "exit 0"}, {1, 1}), 0);
  EXPECT_EQ(ranks_, (std::vector<int>{4, 2}));
}

TEST_F(Supervise, GivesBackTheCodeOfARunThatNeedsNoOther) {
  EXPECT_EQ(supervise_shells({"exit 0"}, {5, 0}), 0);
  EXPECT_EQ(ranks_.size(), 1U);
}

TEST_F(Supervise, StartsAgainUntilItEnds) {
  EXPECT_EQ(supervise_shells({killed_after(3), killed_after(5), "exit 0"}, {5, 0}), 0);
  EXPECT_EQ(ranks_, (std::vector<int>{4, 4, 4}));
}

TEST_F(Supervise, GivesBackTheCodeOfTheLastAttempt) {
  EXPECT_EQ(supervise_shells({killed_after(3), "exit 70"}, {1, 0}), 70);
  EXPECT_EQ(ranks_.size(), 2U);
}

TEST_F(Supervise, MakesOneOfTheCodeOfRanksWithAnErrorOfTheUsers) {
  EXPECT_EQ(supervise_shells({"exit 65"}, {5, 0}), 1);
  EXPECT_EQ(ranks_.size(), 1U);
}

TEST_F(Supervise, EndsWhereNothingMovesOn) {
  EXPECT_EQ(supervise_shells({killed_after(3)}, {5, 0}), 137);
  EXPECT_EQ(ranks_.size(), 2U);
}

TEST_F(Supervise, GoesOnWithFewerRanksWhereNothingMovesOn) {
  EXPECT_EQ(supervise_shells({"exit 1", "exit 1", "exit 0"}, {5, 2}), 0);
  EXPECT_EQ(ranks_, (std::vector<int>{4, 3, 2}));
}

TEST_F(Supervise, ASignalThatComesAsTheLauncherEndsIsNotLost) {
  EXPECT_NE(supervise_shells({"kill -TERM $PPID; kill -9 $$"}, {5, 0}), 0);
  EXPECT_EQ(ranks_.size(), 1U) << "who asked for an end gets no second attempt";
}

TEST_F(Supervise, ALauncherThatStartsNothingIsEnded) {
  alone_ = std::chrono::seconds(1);
  EXPECT_EQ(supervise_shells({"exec tail -f /dev/null"}, {0, 0}), 143);
}

TEST_F(Supervise, LeavesNothingBehind) {
  const fs::path pid = folder_ / "pid";
  EXPECT_EQ(supervise_shells({fmt::format("sleep 100 & echo $! > {}; exit 0", pid.string())}, {}), 0);
  int number = 0;
  std::ifstream(pid) >> number;
  ASSERT_GT(number, 0);
  EXPECT_NE(kill(number, 0), 0);
}

}  // namespace
}  // namespace weft
