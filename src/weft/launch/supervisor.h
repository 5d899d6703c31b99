#pragma once
// Starts a run, hands signals on to it, and starts it again from its last checkpoint where it fails.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "weft/launch/mpirun_command.h"
#include "weft/launch/restart_policy.h"

namespace weft {

/// A run as launch sees it.
struct SupervisedRun {
  /// The command line for so many ranks, and whether the run was begun before.
  std::function<LaunchCommand(int ranks, bool again)> command;
  /// How many ranks can start now; asked before one is started again. Empty: as many as at first.
  std::function<int()> slots;
  std::filesystem::path folder;  ///< of the run; empty: the command has none
  ParallelSection parallel;
  int ranks = 1;
  RestartLimits limits;
  int grace_s = 3;  ///< that processes have which outlive the launcher
  /// How long a launcher may be without any process of its own.
  std::chrono::seconds alone{30};
};

/// The exit code of the run's last attempt; 128 + the signal where this process was asked to end. Says on
/// standard error what it does. Nothing that it started is alive when it returns.
int supervise(const SupervisedRun& run);

}  // namespace weft
