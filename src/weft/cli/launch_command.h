#pragma once
// weft launch: starts the ranks of another command, watches them, and starts them again.
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "weft/cli/arguments.h"
#include "weft/launch/hosts.h"
#include "weft/launch/launched_job.h"
#include "weft/launch/mpirun_command.h"
#include "weft/launch/restart_policy.h"

namespace weft {

class LaunchCommandLine {
 public:
  /// Adds `launch` to the command line.
  void declare(CLI::App& app);
  bool parsed() const { return launch_ != nullptr && launch_->parsed(); }
  /// Takes the words of the command that is started, from its name on, off `words`, which begin with
  /// "launch"; they are options of that command, not of this one.
  std::vector<std::string> take_command(std::vector<std::string>& words) const;
  /// Whether a word such as "--grace=7" or "-n4" would be an option of launch.
  bool has_option(const std::string& word) const;
  /// The process's exit code. `arguments`: what `words` were read as. Throws UserError.
  int run(const Arguments& arguments, const std::vector<std::string>& words) const;

 private:
  void check(const std::string& name, const Arguments& arguments) const;
  LaunchedJob job_of(const Arguments& arguments, const std::vector<std::string>& words) const;
  /// The folder of a run, which is made where the command would make one, so that a restart knows it.
  void choose_folder(LaunchedJob& job, const Arguments& arguments) const;

  std::vector<LaunchHost> named_hosts() const;
  /// The hosts that are named and answer, and says which do not; all where none is named.
  std::vector<LaunchHost> present_hosts() const;

  CLI::App* launch_ = nullptr;
  LaunchPlace place_;
  RestartLimits limits_;
  std::string mpirun_ = "mpirun";
  int ranks_ = 0;
  bool dry_run_ = false;
};

}  // namespace weft
