#include "weft/cli/launch_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "weft/base/check.h"
#include "weft/base/terminal.h"
#include "weft/base/text_file.h"
#include "weft/cli/job_recipe.h"
#include "weft/comm/communicator.h"
#include "weft/launch/supervisor.h"
#include "weft/launch/this_machine.h"
#include "weft/report/progress.h"
#include "weft/train/folder/run_folder.h"
#include "weft/train/session/launch.h"

namespace weft {

namespace {

constexpr const char* kMore =
    "weft launch [OPTIONS] [--] COMMAND …, which is train RECIPE …, resume RUN …, eval RUN … or another.\n"
    "Examples:\n"
    "  weft launch -n 4 train recipe.toml             4 ranks on this machine, which split the batch\n"
    "  weft launch -n 4 --restarts 3 train recipe.toml --out runs/a   and again from the last checkpoint\n"
    "  weft launch -n 8 --hostfile hosts --min-ranks 4 --restarts 9 resume runs/a\n"
    "  weft launch -n 4 --dry-run train recipe.toml   prints the command of mpirun, and starts nothing\n"
    "It is started once, outside of mpirun and srun; in a job of Slurm's mpirun takes the job's hosts.\n"
    "Ctrl-C and SIGTERM end the run after its step, with a checkpoint; a second one ends it at once.\n"
    "SIGUSR1 keeps a checkpoint, and the run goes on (or is requeued: run.usr1).\n"
    "A run is started again where a rank was killed or a host was lost, not where the run says what is "
    "wrong\n"
    "(exit codes 1 and 2), where it was asked to end, or where two attempts ended after the same step.\n"
    "The exit code is the run's. docs/cluster.md is the guide.";

constexpr int64_t kMostBytes = 1 << 24;  // of a hostfile

/// Of a trial the ranks name a folder themselves, and remove it.
bool leaves_a_run(const std::string& name, const Arguments& arguments) {
  return !arguments.trial && (name == "train" || name == "resume");
}

}  // namespace

void LaunchCommandLine::declare(CLI::App& app) {
  launch_ = app.add_subcommand(
      "launch", "start a command on several ranks, and start it again from its last checkpoint if it fails");
  launch_->add_option("-n,--ranks", ranks_, "how many ranks; without: those of the recipe's mesh")
      ->check(CLI::Range(1, kMostRanks));
  launch_->add_option("--host", place_.host, "start them on these hosts, as in a:4,b:4")->type_name("HOSTS");
  launch_->add_option("--hostfile", place_.hostfile, "or on those of a file, as in `a slots=4`, a line each")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  launch_
      ->add_option("--restarts", limits_.restarts,
                   "start a run that failed so many times again, from its last checkpoint (0)")
      ->check(CLI::Range(0, 1'000'000));
  launch_
      ->add_option("--min-ranks", limits_.least_ranks,
                   "go on with fewer ranks, but with so many, where all are not to be had or fail at once")
      ->check(CLI::Range(1, kMostRanks));
  launch_
      ->add_option("--grace", place_.grace_s,
                   "seconds that ranks have where their launcher is ended by others (3; Open MPI 4 only)")
      ->check(CLI::Range(1, 86400));
  launch_->add_flag("--oversubscribe", place_.oversubscribe, "allow more ranks than a host has slots");
  launch_->add_option("--mpirun", mpirun_, "this mpirun instead of the first one of PATH")
      ->type_name("PROGRAM");
  launch_->add_flag("--dry-run", dry_run_, "print what would be started, and start nothing");
  launch_->footer(kMore);
}

std::vector<std::string> LaunchCommandLine::take_command(std::vector<std::string>& words) const {
  for (size_t at = 1; at < words.size(); ++at) {
    const std::string& word = words[at];
    const bool is_end = word == "--";
    if (is_end || !word.starts_with('-')) {
      const auto first = words.begin() + static_cast<std::ptrdiff_t>(at);
      std::vector<std::string> command(first + (is_end ? 1 : 0), words.end());
      words.erase(first, words.end());
      return command;
    }
    const CLI::Option* option = launch_->get_option_no_throw(word);
    if (option != nullptr && option->get_items_expected_max() > 0) ++at;
  }
  return {};
}

bool LaunchCommandLine::has_option(const std::string& word) const {
  if (!word.starts_with('-')) return false;
  const std::string name = word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
  return launch_->get_option_no_throw(name) != nullptr;
}

LaunchedJob LaunchCommandLine::job_of(const Arguments& arguments,
                                      const std::vector<std::string>& words) const {
  LaunchedJob job;
  job.words = words;
  job.trace = arguments.trace;
  job.ranks = std::max(1, ranks_);
  if (arguments.recipe.empty()) return job;
  job.parallel = named_recipe(arguments.recipe, arguments.set).parallel;
  job.has_mesh = true;
  if (ranks_ == 0) job.ranks = ranks_of(job.parallel);
  const int64_t parts = data_parts(job.parallel, job.ranks, "launch -n");
  if (parts != job.parallel.data) {
    Progress::say(fmt::format("launch: -n {} makes parallel.data {}, where the recipe says {}", job.ranks,
                              parts, job.parallel.data));
  }
  return job;
}

void LaunchCommandLine::choose_folder(LaunchedJob& job, const Arguments& arguments) const {
  const Recipe recipe = named_recipe(arguments.recipe, arguments.set);
  if (limits_.restarts > 0 && recipe.checkpoint.every == 0)
    Progress::say("launch: checkpoint.every is 0, so a run that fails has no checkpoint to go on from");
  if (job.words[0] == "resume") {
    job.folder = arguments.recipe;
    return;
  }
  job.allows_changes = recipe.checkpoint.changes == ResumeChanges::allow;
  const auto named = named_run_folder(recipe, arguments.out);
  if (named) {
    job.folder = *named;
    job.recipe_before = recipe_time(job.folder);
  }
  if (named && !recipe.checkpoint.resume) expect_no_checkpoints(job.folder, Communicator::world());
  if (!named && dry_run_) {
    Progress::say(fmt::format(
        "launch: without --out the run would make its folder runs/{}-DATE, and launch tell it to the ranks",
        recipe.run.name));
  }
  if (named || dry_run_) return;
  job.folder = run_folder(recipe, "", Communicator::world());
  job.is_new_folder = true;
}

void LaunchCommandLine::check(const std::string& name, const Arguments& arguments) const {
  if (CommSession::is_launched())
    user_error("launch: mpirun or srun started this; start launch once, and it starts the ranks");
  if (!place_.host.empty() && !place_.hostfile.empty())
    user_error("launch: --host and --hostfile both say where ranks start; expected one of them");
  if (limits_.restarts > 0 && !leaves_a_run(name, arguments)) {
    user_error("launch --restarts: {}{} keeps no checkpoints; expected train or resume", name,
               arguments.trial ? " --try" : "");
  }
  for (const LaunchHost& host : named_hosts()) {
    if (limits_.restarts == 0 || host.slots > 0) continue;
    user_error("{}: {} has no slots=N, without which a restart does not know what the other hosts can take",
               place_.hostfile, host.name);
  }
}

std::vector<LaunchHost> LaunchCommandLine::named_hosts() const {
  if (place_.hostfile.empty()) return hosts_of_option(place_.host);
  return hosts_of_file(read_text(place_.hostfile, "hostfile", kMostBytes), place_.hostfile);
}

std::vector<LaunchHost> LaunchCommandLine::present_hosts() const {
  std::vector<LaunchHost> hosts = named_hosts();
  const char* agent = std::getenv("OMPI_MCA_plm_rsh_agent");
  std::erase_if(hosts, [&](const LaunchHost& host) {
    if (answers(agent == nullptr ? "ssh" : agent, host)) return false;
    Progress::say(fmt::format("launch: host {} does not answer, and is left out", host.name));
    return true;
  });
  return hosts;
}

int LaunchCommandLine::run(const Arguments& arguments, const std::vector<std::string>& words) const {
  check(words[0], arguments);
  if (words[0] == "resume") expect_run(arguments.recipe);
  LaunchedJob job = job_of(arguments, words);
  if (limits_.least_ranks > job.ranks)
    user_error("launch --min-ranks {}: expected at most the {} ranks that begin", limits_.least_ranks,
               job.ranks);
  const bool is_alone = job.ranks == 1 && place_.host.empty() && place_.hostfile.empty();
  const MpiLauncher launcher = is_alone ? MpiLauncher{} : find_launcher(mpirun_, CommSession::library());
  if (leaves_a_run(words[0], arguments)) choose_folder(job, arguments);
  LaunchMachine machine = this_machine();
  // What is printed may be run with another standard output.
  if (!dry_run_) machine.terminals = terminals_told();
  LaunchPlace place = place_;
  const auto slots = [&] {
    const std::vector<LaunchHost> hosts = present_hosts();
    place.hostfile.clear();
    place.host = host_option(hosts);
    return place.oversubscribe && !hosts.empty() ? job.ranks : slots_of(hosts);
  };
  const auto command = [&](int ranks, bool again) {
    std::vector<std::string> own = words_of(job, ranks, again);
    own.insert(own.begin(), own_program());
    place.ranks = ranks;
    if (is_alone) return LaunchCommand{own, false, {}};
    return mpirun_command(launcher, place, machine, own);
  };
  if (dry_run_) {
    const LaunchCommand first = command(job.ranks, false);
    for (const std::string& remark : first.remarks) Progress::say(remark);
    fmt::print("{}\n", shell_text(first.words));
    return 0;
  }
  const bool has_hosts = !place_.host.empty() || !place_.hostfile.empty();
  return supervise({command, has_hosts ? std::function<int()>(slots) : nullptr, job.folder, job.parallel,
                    job.ranks, limits_, place_.grace_s});
}

}  // namespace weft
