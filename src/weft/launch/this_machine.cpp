#include "weft/launch/this_machine.h"

#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "weft/base/cores.h"

namespace weft {

namespace {

/// Whether a child may read this process's memory, once it is allowed to, as a rank allows others. Containers
/// forbid it often, and Open MPI 4 then fails at its first long message.
bool reads_peers() {
  const int there = 17;
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    int here = 0;
    iovec to{&here, sizeof(here)};
    iovec from{const_cast<int*>(&there), sizeof(there)};
    const ssize_t got = process_vm_readv(parent, &to, 1, &from, 1, 0);
    _exit(got == ssize_t{sizeof(here)} && here == there ? 0 : 1);
  }
  int status = 1;
  if (child > 0) waitpid(child, &status, 0);
  prctl(PR_SET_PTRACER, 0, 0, 0, 0);
  return status == 0;
}

}  // namespace

LaunchMachine this_machine() {
  LaunchMachine machine;
  machine.cores = available_cores();
  machine.is_root = geteuid() == 0;
  machine.reads_peers = reads_peers();
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    machine.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  // Those that Open MPI and Hydra ask for hosts.
  for (const auto& [name, value] : machine.environment) {
    if (name == "SLURM_JOB_ID" || name == "PBS_JOBID" || name == "LSB_JOBID" || name == "PE_HOSTFILE")
      machine.has_allocation = true;
  }
  return machine;
}

std::string own_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "weft" : path.string();
}

}  // namespace weft
