#pragma once
// A text, and a small GPT that learns it: what tests of whole runs train.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/recipe/tiny_recipes.h"
#include "weft/comm/communicator.h"
#include "weft/report/metrics_log.h"
#include "weft/train/session/load_recipe.h"

namespace weft::testing {

/// A folder with a text, which all ranks name alike and which is gone with the object. Collective.
class TinyText {
 public:
  explicit TinyText(const Communicator& world = Communicator::world()) : world_(world) {
    int64_t id = getpid();
    world_.broadcast(&id, sizeof(id), 0);
    folder_ = std::filesystem::temp_directory_path() / fmt::format("weft-tiny-{}", id);
    if (world_.rank() == 0) {
      std::filesystem::create_directories(folder_);
      std::ofstream text(path());
      for (int i = 0; i < 600; ++i) text << "a stitch in time saves nine, said number " << i * i << "\n";
    }
    world_.barrier();
  }
  ~TinyText() {
    world_.barrier();
    std::error_code error;
    if (world_.rank() == 0) std::filesystem::remove_all(folder_, error);
  }
  TinyText(const TinyText&) = delete;
  TinyText& operator=(const TinyText&) = delete;

  /// Where runs may lie.
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path() const { return folder_ / "text.txt"; }

  /// One layer of width 16 that reads 8 bytes; 12 steps of 6 such pieces on one thread. `changes` go before
  /// `more`, as --set has them.
  Recipe recipe(std::vector<std::string> changes, const std::vector<std::string>& more = {}) const {
    changes.insert(changes.end(), more.begin(), more.end());
    const std::string toml = fmt::format(R"(
[run]
name = "tiny"
steps = 12
threads = 1
{}batch = 6
[optimizer]
kind = "adamw"
learning_rate = 1e-2
[parallel]
oversubscribe = {}
[log]
every = 1
evaluate_batches = 2
)",
                                         tiny_gpt(path()), world_.size() > 1);
    return parse_recipe(toml, "tiny.toml", changes);
  }

 private:
  Communicator world_;
  std::filesystem::path folder_;
};

/// Of every step that a run's log has.
inline std::vector<double> losses_of(const std::filesystem::path& run) {
  std::vector<double> values;
  for (const MetricsRow& row : read_metrics(run / "metrics.jsonl")) values.push_back(row.loss);
  return values;
}

}  // namespace weft::testing
