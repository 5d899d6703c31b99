#include "weft/cli/solve_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/cores.h"
#include "weft/base/threads.h"
#include "weft/cli/option_ranges.h"
#include "weft/plan/solve/contest_file.h"
#include "weft/plan/solve/solve.h"

namespace weft {

namespace {

constexpr double kMostSeconds = 86400;
constexpr double kSearched = 0.98;  ///< of the seconds; the rest is for the move at hand and the way back

/// [2, 0, ...]: an option of each node, as the contest writes its solutions.
void write_choice(const std::string& path, const Choice& choice) {
  std::ofstream file(path);
  file << nlohmann::json(choice).dump() << "\n";
  file.close();
  if (!file) user_error("--write-choice {}: the file cannot be written", path);
}

/// A number, or null where there is none: no choice was found, or there is no bound on what is impossible.
nlohmann::ordered_json cost_or_null(int64_t cost) {
  return cost < kImpossible ? nlohmann::ordered_json(cost) : nlohmann::ordered_json();
}

}  // namespace

void SolveCommand::declare(CLI::App& plan) {
  solve_ = plan.add_subcommand("solve", "choose an option of each node at the least cost, within the limit");
  solve_->add_option("FILE", file_, "problem of the IOPDDL contest (JSON, which may be packed by gzip)")
      ->required();
  solve_->add_option("--seconds", seconds_, "stop after so long, the reading of the file included")
      ->check(number_in(0, kMostSeconds))
      ->capture_default_str();
  solve_->add_option("--seed", seed_, "of the random moves")
      ->check(integer_in(0, std::numeric_limits<int64_t>::max()))
      ->capture_default_str();
  solve_->add_option("--write-choice", choice_file_, "write the options chosen to this file (JSON)")
      ->type_name("FILE");
  solve_->footer("Prints one line of JSON. docs/solve.md has the format, the methods and results.");
}

int SolveCommand::run() const {
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  set_threads(std::min(2, available_cores()));
  const ContestProblem contest = read_contest_file(file_);
  SolveOptions options;
  options.seed = static_cast<uint64_t>(seed_);
  options.rounds = std::numeric_limits<int64_t>::max();
  options.is_late = [&] { return seconds() >= kSearched * seconds_; };
  const Solution solution = solve(contest.problem, options);
  nlohmann::ordered_json line;
  line["name"] = contest.name;
  line["cost"] = cost_or_null(solution.cost);
  line["bound"] = cost_or_null(solution.bound);
  line["feasible"] = solution.feasible;
  line["stop"] = name_of(solution.stop);
  line["seconds"] = std::round(seconds() * 100) / 100;
  fmt::print("{}\n", line.dump());
  if (!choice_file_.empty() && solution.feasible) write_choice(choice_file_, solution.choice);
  return solution.feasible ? 0 : 1;
}

}  // namespace weft
