#include "weft/launch/mpirun_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "weft/base/plural.h"

namespace weft {

namespace {

/// Whether ranks on other hosts need a variable of this one's to find and run the same program.
bool is_forwarded(std::string_view name) {
  constexpr std::array<std::string_view, 5> kBegin{"OMP_", "WEFT_", "LD_LIBRARY_PATH", "HDF5_", "TMPDIR"};
  constexpr std::array<std::string_view, 2> kOwn{"WEFT_LAUNCHED", "WEFT_TERMINALS"};
  // These differ from task to task.
  constexpr std::array<std::string_view, 3> kJob{"SLURM_JOB_ID", "SLURM_JOB_END_TIME", "SLURM_RESTART_COUNT"};
  if (std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end()) return false;
  if (name.starts_with("SLURM_")) return std::find(kJob.begin(), kJob.end(), name) != kJob.end();
  return std::any_of(kBegin.begin(), kBegin.end(),
                     [&](std::string_view begin) { return name.starts_with(begin); });
}

class Words {
 public:
  Words(const MpiLauncher& launcher, const LaunchPlace& place, const LaunchMachine& machine)
      : launcher_(launcher), place_(place), machine_(machine) {}

  LaunchCommand of(const std::vector<std::string>& command) {
    add({launcher_.path.string()});
    if (launcher_.kind == LauncherKind::hydra) {
      add_hydra();
    } else {
      add_open_mpi();
    }
    add(command);
    return std::move(result_);
  }

 private:
  void add(const std::vector<std::string>& words) {
    result_.words.insert(result_.words.end(), words.begin(), words.end());
  }
  void say(std::string sentence) { result_.remarks.push_back(std::move(sentence)); }

  bool is_set(const std::string& variable) const {
    return std::any_of(machine_.environment.begin(), machine_.environment.end(),
                       [&](const auto& entry) { return entry.first == variable; });
  }
  bool is_here() const { return place_.host.empty() && place_.hostfile.empty() && !machine_.has_allocation; }

  void add_parameter(const std::string& name, const std::string& value) {
    if (!is_set("OMPI_MCA_" + name)) add({"--mca", name, value});
  }

  bool shares_cores() {
    if (place_.oversubscribe) return true;
    if (!is_here()) return false;
    if (place_.ranks > machine_.cores) {
      say(fmt::format("launch: {} ranks share the {} of this machine", place_.ranks,
                      plural(machine_.cores, "core")));
    }
    return true;  // a machine of its own has as many slots as are asked of it
  }

  void add_hosts(const std::string& file_option, const std::string& host_option) {
    if (!place_.hostfile.empty()) add({file_option, place_.hostfile});
    if (!place_.host.empty()) add({host_option, place_.host});
  }

  void add_open_mpi() {
    const bool is_old = launcher_.kind == LauncherKind::open_mpi_4;
    if (machine_.is_root) add({"--allow-run-as-root"});
    add({"-n", fmt::format("{}", place_.ranks)});
    add_hosts("--hostfile", "--host");
    const bool shares = shares_cores();
    add({"--map-by", shares ? "slot:OVERSUBSCRIBE" : "slot", "--bind-to", "none"});
    // The runtime of Open MPI 5 knows no such time: it ends ranks at once.
    if (is_old) add_parameter("odls_base_sigkill_timeout", fmt::format("{}", place_.grace_s));
    if (shares && place_.ranks > machine_.cores) add_parameter("mpi_yield_when_idle", "1");
    if (is_old && !machine_.reads_peers) {
      say("launch: processes may not read each other's memory here (a container, or ptrace_scope), so ranks "
          "copy through shared memory");
      add_parameter("btl_vader_single_copy_mechanism", "none");
    }
    add({"-x", "WEFT_LAUNCHED=1"});
    if (!machine_.terminals.empty()) add({"-x", "WEFT_TERMINALS=" + machine_.terminals});
    if (is_here()) return;
    for (const auto& [name, value] : machine_.environment) {
      if (is_forwarded(name)) add({"-x", name});
    }
  }

  void add_hydra() {
    add({"-n", fmt::format("{}", place_.ranks)});
    add_hosts("-f", "-hosts");
    shares_cores();
    add({"-bind-to", "none", "-genv", "WEFT_LAUNCHED", "1"});  // other variables go along by themselves
    if (!machine_.terminals.empty()) add({"-genv", "WEFT_TERMINALS", machine_.terminals});
  }

  const MpiLauncher& launcher_;
  const LaunchPlace& place_;
  const LaunchMachine& machine_;
  LaunchCommand result_;
};

bool is_plain(char letter) {
  constexpr std::string_view kOthers = "-_./=:,+@%";
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || kOthers.find(letter) != std::string_view::npos;
}

}  // namespace

LaunchCommand mpirun_command(const MpiLauncher& launcher, const LaunchPlace& place,
                             const LaunchMachine& machine, const std::vector<std::string>& command) {
  return Words(launcher, place, machine).of(command);
}

std::string shell_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    text += '\'';
  }
  return text;
}

}  // namespace weft
