// Where the options of launch end and those of the command that it starts begin.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/cli/command.h"
#include "tests/recipe/tiny_recipes.h"

namespace {

namespace fs = std::filesystem;

class LaunchWords : public ::testing::Test {
 protected:
  LaunchWords() : folder_(fs::temp_directory_path() / fmt::format("weft-launch-words-{}", getpid())) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "text.txt") << "all the world is a stage\n";
    std::ofstream(folder_ / "tiny.toml")
        << fmt::format("[run]\nsteps = 6\n{}batch = 4\n[optimizer]\nlearning_rate = 1e-3\n",
                       weft::testing::tiny_gpt(folder_ / "text.txt"));
    std::ofstream(folder_ / "mpirun") << "#!/bin/sh\necho 'mpirun (Open MPI) 4.1.4'\n";
    fs::permissions(folder_ / "mpirun", fs::perms::owner_all);
  }
  ~LaunchWords() override { fs::remove_all(folder_); }

  /// What `weft launch --mpirun … --dry-run ARGUMENTS` prints on standard output, from weft's own words on.
  std::string started(const std::string& arguments) const {
    const std::string command = fmt::format("{} launch --mpirun {} --dry-run {} 2>/dev/null", WEFT_BINARY,
                                            (folder_ / "mpirun").string(), arguments);
    FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> buffer{};
    while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
    pclose(pipe);
    const size_t at = text.find(WEFT_BINARY);
    return at == std::string::npos ? text : text.substr(at + std::string(WEFT_BINARY).size());
  }
  std::string recipe() const { return (folder_ / "tiny.toml").string(); }

  fs::path folder_;
};

TEST_F(LaunchWords, EndAtTheCommand) {
  const std::string wanted = fmt::format(" train {} --set parallel.data=3\n", recipe());
  for (const char* options : {"-n 3", "-n3", "--ranks 3", "--ranks=3", "-n 3 --", "--oversubscribe -n 3",
                              "-n 3 --restarts 2 --grace=7", "--host a:2,b:2 -n 3"}) {
    EXPECT_EQ(started(fmt::format("{} train {}", options, recipe())), wanted) << options;
  }
}

TEST_F(LaunchWords, AreTheCommandsOwnBehindIt) {
  EXPECT_EQ(started(fmt::format("-n 2 train {} --out a --set run.steps=3", recipe())),
            fmt::format(" train {} --out a --set run.steps=3 --set parallel.data=2\n", recipe()));
}

TEST_F(LaunchWords, BehindTheCommandAreRefusedWithTheirPlace) {
  for (const char* word : {"--dry-run", "-n", "-n4", "--restarts=2"}) {
    const std::string expected = fmt::format(
        "weft: {} is an option of launch, and those stand before the command, as in weft launch -n 4 train "
        "RECIPE; weft launch --help tells more\n",
        word);
    for (const char* start : {"launch -n 2 ", ""}) {
      const auto outcome = weft::testing::run(fmt::format("{}train {} {}", start, recipe(), word));
      EXPECT_EQ(outcome.text, expected);
      EXPECT_EQ(outcome.code, 2);
    }
  }
}

TEST_F(LaunchWords, ATrialGetsNoFolderOfARun) {
  const auto start = [&](const std::string& arguments) {
    const std::string command = fmt::format("cd {} && {} launch --mpirun ./mpirun -n 2 {} >/dev/null 2>&1",
                                            folder_.string(), WEFT_BINARY, arguments);
    return WEXITSTATUS(std::system(command.c_str()));
  };
  EXPECT_EQ(start("train tiny.toml --try"), 0);
  EXPECT_FALSE(fs::exists(folder_ / "runs"));
  EXPECT_EQ(start("train tiny.toml"), 0);
  EXPECT_FALSE(fs::is_empty(folder_ / "runs"));
  const auto again = weft::testing::run(fmt::format("launch -n 2 --restarts 1 train {} --try", recipe()));
  EXPECT_EQ(again.text,
            "weft: launch --restarts: train --try keeps no checkpoints; expected train or resume\n");
}

TEST_F(LaunchWords, WithoutRanksAreThoseOfTheMesh) {
  EXPECT_EQ(started("train " + recipe()), fmt::format(" train {}\n", recipe()));
  const std::string four = fmt::format("train {} --set parallel.data=2 --set parallel.tensor=2", recipe());
  EXPECT_EQ(started(four), fmt::format(" {}\n", four));
}

}  // namespace
