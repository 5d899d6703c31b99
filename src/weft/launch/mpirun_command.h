#pragma once
// The command line that starts ranks: which options an mpirun is given, and why. Nothing here asks the
// machine; tests try each answer.
#include <string>
#include <utility>
#include <vector>

#include "weft/launch/mpi_launcher.h"

namespace weft {

/// Where ranks start.
struct LaunchPlace {
  int ranks = 1;
  std::string host;      ///< as --host has it; "": this machine, or what a scheduler has given
  std::string hostfile;  ///< a file, in its place
  bool oversubscribe = false;
  int grace_s = 3;  ///< half of what Open MPI 4 leaves ranks between a SIGTERM to it and their SIGKILL
};

/// What the machine that launch runs on says.
struct LaunchMachine {
  int cores = 1;
  bool is_root = false;
  bool reads_peers = true;      ///< a process may read another's memory, as Open MPI's shared memory wants it
  bool has_allocation = false;  ///< a scheduler says on which hosts ranks start, and how many
  std::string terminals;        ///< what ranks are told of launch's (base/terminal.h); "": nothing
  std::vector<std::pair<std::string, std::string>> environment;
};

struct LaunchCommand {
  std::vector<std::string> words;
  bool has_launcher = true;          ///< else it is the only rank itself
  std::vector<std::string> remarks;  ///< what a person should know of them, a sentence each
};

/// The words that start `command` on `place.ranks` ranks. Ranks bind their own threads to cores, so the
/// launcher binds nothing; neighbours in the mesh are neighbours on a host. An option that the environment
/// sets already (OMPI_MCA_…) is left to it.
LaunchCommand mpirun_command(const MpiLauncher& launcher, const LaunchPlace& place,
                             const LaunchMachine& machine, const std::vector<std::string>& command);

/// Words as a shell takes them.
std::string shell_text(const std::vector<std::string>& words);

}  // namespace weft
