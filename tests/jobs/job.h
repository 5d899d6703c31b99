#pragma once
// Jobs of real processes: the built `weft` under mpirun, watched, signalled and read from outside.
#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::testing {

using Seconds = std::chrono::duration<double>;

struct Outcome {
  int code = -1;     ///< 128 + the signal where one ended it
  std::string text;  ///< standard output and error
};

/// A command under /bin/sh that runs beside the test. The destructor ends it and all that it started.
class Job {
 public:
  Job(const std::string& command, std::filesystem::path output);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  /// Processes of this job that are ranks, by rank: those with OMPI_COMM_WORLD_RANK that descend from it.
  std::optional<pid_t> rank(int number) const;
  /// Waits for the end; nothing where it takes longer than `limit`.
  std::optional<Outcome> wait(Seconds limit);
  std::string text() const;

 private:
  pid_t pid_ = -1;
  std::filesystem::path output_;
  std::optional<int> code_;
};

/// Looks every few milliseconds until `condition` holds; false when it did not within `limit`.
bool wait_until(Seconds limit, const std::function<bool()>& condition);

/// A folder with a text, and a recipe of a tiny GPT on it that runs for ever unless told otherwise.
class JobTest : public ::testing::Test {
 protected:
  JobTest();
  ~JobTest() override;

  /// `weft ARGUMENTS` on that many ranks (1: without mpirun), begun.
  Job start(int ranks, const std::string& arguments) const;
  /// The same, run to its end. The test fails where that takes a minute.
  Outcome run(int ranks, const std::string& arguments) const;
  /// "train RECIPE --out RUN --set … --set …"
  std::string train(const std::string& run, const std::vector<std::string>& keys) const;
  std::filesystem::path folder(const std::string& name) const { return folder_ / name; }

  /// Steps that the run's metrics.jsonl has, in its order.
  std::vector<int64_t> steps(const std::string& run) const;
  /// "\"loss\":…" of each of these, to the last digit.
  std::vector<std::string> losses(const std::string& run) const;
  /// Names of the run's checkpoints, sorted.
  std::vector<std::string> checkpoints(const std::string& run) const;

  std::filesystem::path folder_;
};

/// How often `words` stand in `text`.
int64_t count(const std::string& text, const std::string& words);

}  // namespace weft::testing
