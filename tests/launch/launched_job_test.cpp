#include "weft/launch/launched_job.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "weft/params/checkpoint_files.h"
#include "weft/report/run_files.h"

namespace weft {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// A folder of a run with a recipe and a checkpoint's folder.
class LaunchedJobTest : public ::testing::Test {
 protected:
  LaunchedJobTest() {
    job_.words = {"train", "r.toml"};
    job_.folder = folder_;
    fs::create_directories(checkpoint_folder(checkpoints_of(folder_), 10));
    write_recipe();
  }
  ~LaunchedJobTest() override { fs::remove_all(folder_); }

  void write_recipe() const { std::ofstream(recipe_of(folder_)) << "[run]\n"; }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("weft-launched-{}", getpid());
  LaunchedJob job_;
};

TEST_F(LaunchedJobTest, IsResumedAsItWasBegun) {
  EXPECT_EQ(words_of(job_, 1, false), (Words{"train", "r.toml"}));
  EXPECT_EQ(words_of(job_, 1, true), (Words{"resume", folder_.string()}));
}

TEST_F(LaunchedJobTest, WhatWasAllowedIsAllowedAgain) {
  job_.allows_changes = true;
  EXPECT_EQ(words_of(job_, 1, true),
            (Words{"resume", folder_.string(), "--set", "checkpoint.changes=allow"}));
}

TEST_F(LaunchedJobTest, WithNoCheckpointItsOwnWordsAreSaidAgain) {
  fs::remove_all(checkpoints_of(folder_));
  EXPECT_EQ(words_of(job_, 1, true), (Words{"train", "r.toml", "--set", "checkpoint.resume=true"}));
}

TEST_F(LaunchedJobTest, ARecipeThatLayThereBeforeIsNotThisRuns) {
  job_.recipe_before = recipe_time(folder_);
  ASSERT_TRUE(job_.recipe_before);
  // The attempt ended before it wrote its own.
  EXPECT_EQ(words_of(job_, 1, true), (Words{"train", "r.toml", "--set", "checkpoint.resume=true"}));
  fs::last_write_time(recipe_of(folder_), *job_.recipe_before + std::chrono::seconds(1));
  EXPECT_EQ(words_of(job_, 1, true), (Words{"resume", folder_.string()}));
}

TEST_F(LaunchedJobTest, FewerRanksSplitTheBatchAnew) {
  job_.has_mesh = true;
  job_.parallel.data = 4;
  job_.parallel.tensor = 2;
  EXPECT_EQ(words_of(job_, 6, true), (Words{"resume", folder_.string(), "--set", "parallel.data=3"}));
}

}  // namespace
}  // namespace weft
