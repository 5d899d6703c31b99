#pragma once
// The command as a test runs it, and a small recipe for it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/recipe/needs_kinds.h"
#include "tests/recipe/tiny_recipes.h"

namespace weft::testing {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string text;  ///< standard output and error
};

inline Outcome run(const std::string& arguments) {
  Outcome outcome;
  const std::string command = std::string(WEFT_BINARY) + " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

inline std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Cli : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KINDS("checkpoints", "report", "timeline", "bytes", "adamw", "arrays", "constant", "cosine",
                "cosmoflow", "cross_entropy", "gpt", "language_modelling", "mirror", "mse", "regression",
                "text");
  }
  Cli() : folder_(fs::temp_directory_path() / fmt::format("weft-cli-{}", getpid())) {
    fs::create_directories(folder_);
    std::ofstream text(folder_ / "text.txt");
    for (int i = 0; i < 500; ++i) text << "all the world is a stage " << i << "\n";
    std::ofstream(folder_ / "tiny.toml") << fmt::format(R"([run]
name = "tiny"
steps = 6
{}batch = 4
[optimizer]
kind = "adamw"
learning_rate = 1e-3
[log]
every = 1
evaluate_batches = 1
tensorboard = true
sample_tokens = 5
)",
                                                        weft::testing::tiny_gpt(folder_ / "text.txt"));
  }
  ~Cli() override { fs::remove_all(folder_); }
  std::string recipe() const { return (folder_ / "tiny.toml").string(); }
  std::string out() const { return (folder_ / "run").string(); }

  fs::path folder_;
};

}  // namespace weft::testing
