#include "weft/cli/simulate_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "weft/base/check.h"
#include "weft/base/cores.h"
#include "weft/base/terminal.h"
#include "weft/base/threads.h"
#include "weft/sim/io/policy_registry.h"
#include "weft/sim/io/simulate.h"

namespace weft {

namespace {

/// Says how far a simulation is and how long it will take, once that is worth saying.
class TimeLeft {
 public:
  void show(double done) {
    const auto now = Clock::now();
    if (done > 0 && !steps_began_) {
      steps_began_ = true;
      began_ = now;
    }
    if (std::chrono::duration<double>(now - last_).count() < (terminal_ ? 0.5 : 10)) return;
    last_ = now;
    const double spent = std::chrono::duration<double>(now - began_).count();
    if (spent < kQuiet) return;
    shown_ = true;
    const std::string text = done > 0 ? fmt::format("simulated {:.0f}%, about {:.0f} s left", 100 * done,
                                                    spent / done * (1 - done))
                                      : "preparing the policies";
    fmt::print(stderr, "{}{:<40}{}", terminal_ ? "\r" : "", text, terminal_ ? "" : "\n");
    std::fflush(stderr);
  }
  TimeLeft() = default;
  ~TimeLeft() {
    if (shown_ && terminal_) fmt::print(stderr, "\r\033[K");
  }
  TimeLeft(const TimeLeft&) = delete;
  TimeLeft& operator=(const TimeLeft&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double kQuiet = 2;  ///< seconds
  bool terminal_ = is_terminal(STDERR_FILENO);
  bool shown_ = false;
  bool steps_began_ = false;  ///< what came before says nothing about how long they take
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = began_;
};

std::string help_of_policies() {
  std::string text =
      "A scenario describes a cluster, a data set and a training run; recipes/simulate/ has examples, and\n"
      "docs/data.md the model. Each policy trains in virtual time on the same accesses, slowest first:\n"
      "  time         of all epochs, with what is done before training\n"
      "  x naive      that time against the naive policy's\n"
      "  x bound      and against the lower bound\n"
      "  stall        share of the time in which ranks wait for samples\n"
      "  file sys, peers, local   GB read from the file system, sent between ranks, read from own tiers\n"
      "  covered      share of the samples that lie in some tier\n"
      "Policies:\n";
  for (const auto& entry : io_policies().entries())
    text += fmt::format("  {:<21} {}\n", entry.name, entry.about);
  return text + "Example: weft simulate io recipes/simulate/imagenet-1k.toml --policy nopfs,weft";
}

}  // namespace

void SimulateCommand::declare(CLI::App& app) {
  simulate_ =
      app.add_subcommand("simulate", "what if: a larger cluster, another file system, another policy");
  simulate_->require_subcommand(1);
  CLI::App* io =
      simulate_->add_subcommand("io", "time, waiting and bytes of ways to load data, in virtual time");
  io->add_option("SCENARIO", scenario_, "scenario file (TOML)")->required();
  io->add_option("--policy", policies_, "only these, in place of the scenario's list")
      ->delimiter(',')
      ->check(CLI::IsMember(io_policy_names()));
  io->add_option("--json", json_, "write the results to a file too")->type_name("FILE");
  io->footer(help_of_policies());
}

int SimulateCommand::run() const {
  set_threads(available_cores());
  IoScenario scenario = read_io_scenario(scenario_);
  if (!policies_.empty()) scenario.policies = policies_;
  std::ofstream file;
  if (!json_.empty()) {  // before minutes of simulation
    file.open(json_);
    if (!file) user_error("--json {}: the file cannot be written", json_);
  }
  IoComparison comparison;
  {
    TimeLeft left;
    comparison = simulate_io(scenario, [&](double done) { left.show(done); });
  }
  fmt::print("{}", to_text(comparison));
  if (json_.empty()) return 0;
  file << to_json(comparison);
  file.close();
  if (!file) user_error("--json {}: the file cannot be written", json_);
  return 0;
}

}  // namespace weft
