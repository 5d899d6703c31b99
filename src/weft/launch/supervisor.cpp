#include "weft/launch/supervisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/exit_code.h"
#include "weft/base/plural.h"
#include "weft/launch/child_process.h"
#include "weft/params/checkpoint_files.h"
#include "weft/report/metrics_log.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"

namespace weft {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{200};
constexpr milliseconds kLookForRanks{1000};
constexpr std::chrono::seconds kAtOnce{2};  // that a launcher has to tell other hosts

class Supervisor {
 public:
  explicit Supervisor(const SupervisedRun& run) : run_(run) {}

  int run() {
    int ranks = run_.ranks;
    while (true) {
      Attempt attempt = begin(ranks);
      attempt.code = wait();
      end_orphans();
      if (attempt.code == 0) return 0;
      if (asked_ != 0 && (given_up_ || is_asked_to_end(attempt.code))) return kSignalled + asked_;
      attempt.reached = std::max(attempt.from, last_step());
      attempts_.push_back(attempt);
      Decision decision = after_attempt(attempts_, run_.limits, run_.parallel);
      if (asked_ != 0) decision.restart = false;
      if (decision.restart && run_.slots)
        decision = with_slots(decision, run_.slots(), run_.limits, run_.parallel);
      if (!decision.restart) {
        Progress::say(fmt::format("launch: {}", decision.why));
        return attempt.code == kUserErrorOfRank ? 1 : attempt.code;
      }
      say_restart(decision);
      ranks = decision.ranks;
    }
  }

 private:
  Attempt begin(int ranks) {
    Attempt attempt;
    attempt.ranks = ranks;
    attempt.from = newest_checkpoint();
    log_before_ = log_time();
    const LaunchCommand command = run_.command(ranks, !attempts_.empty());
    for (const std::string& remark : command.remarks) Progress::say(remark);
    has_launcher_ = command.has_launcher;
    alone_since_ = looked_at_ = std::chrono::steady_clock::now();
    pid_ = processes_.start(command.words, {{"WEFT_LAUNCHED", "1"}});
    return attempt;
  }

  int wait() {
    while (true) {
      const int signal = processes_.wait_for_signal(kLook);
      if (const std::optional<int> code = SupervisedProcesses::reap(pid_)) {
        note(signal);
        return *code;
      }
      if (given_up_ && std::chrono::steady_clock::now() > *given_up_ + kAtOnce) kill(pid_, SIGKILL);
      end_where_nothing_runs();
      if (signal == SIGUSR1) kill(pid_, SIGUSR1);
      if (signal == 0 || signal == SIGCHLD || signal == SIGUSR1) continue;
      if (asked_ == 0) {
        ask(signal);
      } else {
        end_now();
      }
    }
  }

  /// A launcher that could not start its ranks may stand for ever.
  void end_where_nothing_runs() {
    if (!has_launcher_ || given_up_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_at_ < kLookForRanks) return;
    looked_at_ = now;
    if (SupervisedProcesses::signal_descendants(0, pid_) > 0) alone_since_ = now;
    if (now - alone_since_ < run_.alone) return;
    Progress::say(
        fmt::format("launch: the launcher has had no rank for {} s, and is ended", run_.alone.count()));
    end_now();
  }

  /// Of a signal that came when there was nobody left to hand it to: the run is not started again.
  void note(int signal) {
    if (signal != 0 && signal != SIGCHLD && signal != SIGUSR1 && asked_ == 0) asked_ = signal;
  }

  /// An mpirun that is told to end ends its ranks some seconds later, whatever they do. This one signal that
  /// ends a run it hands on and does nothing else, so ranks have all the time that they need.
  void ask(int signal) {
    asked_ = signal;
    kill(pid_, has_launcher_ ? SIGUSR2 : signal);
    Progress::say("launch: the run ends after its step, with a checkpoint; once more ends it at once");
  }

  void end_now() {
    given_up_ = std::chrono::steady_clock::now();
    // The ranks first: the launcher then tells other hosts.
    SupervisedProcesses::signal_descendants(SIGKILL, pid_);
    kill(pid_, has_launcher_ ? SIGTERM : SIGKILL);
  }

  /// Ranks whose launcher was killed can still keep a checkpoint.
  void end_orphans() {
    const int orphans = SupervisedProcesses::signal_descendants(SIGTERM);
    if (orphans == 0) return;
    Progress::say(fmt::format("launch: {} process{} outlived the launcher and {} ended", orphans,
                              orphans == 1 ? "" : "es", orphans == 1 ? "is" : "are"));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(run_.grace_s);
    while (SupervisedProcesses::signal_descendants(0) > 0) {
      if (std::chrono::steady_clock::now() > end) SupervisedProcesses::signal_descendants(SIGKILL);
      note(processes_.wait_for_signal(kLook / 4));
    }
    SupervisedProcesses::reap(pid_);
  }

  void say_restart(const Decision& decision) const {
    const int64_t from = newest_checkpoint();
    const std::string where = from == 0 ? "begins at step 1, because there is no checkpoint"
                                        : fmt::format("goes on from step {}", from);
    Progress::say(fmt::format("launch: {}; attempt {} of {}, on {}, {}", decision.why, attempts_.size() + 1,
                              run_.limits.restarts + 1, plural(decision.ranks, "rank"), where));
  }

  int64_t newest_checkpoint() const {
    if (run_.folder.empty()) return 0;
    const std::vector<CheckpointName> all = list_checkpoints(checkpoints_of(run_.folder));
    return all.empty() ? 0 : all.front().step;
  }

  std::optional<std::filesystem::file_time_type> log_time() const {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(metrics_log_of(run_.folder), error);
    return error ? std::nullopt : std::optional(time);
  }

  /// That this attempt has logged; 0 where it has written no log, or that is not to be read.
  int64_t last_step() const {
    if (run_.folder.empty() || log_time() == log_before_) return 0;
    try {
      const std::vector<MetricsRow> rows = read_metrics(metrics_log_of(run_.folder));
      return rows.empty() ? 0 : rows.back().step;
    } catch (const UserError&) {
      return 0;
    }
  }

  const SupervisedRun& run_;
  SupervisedProcesses processes_;
  std::vector<Attempt> attempts_;
  pid_t pid_ = 0;
  bool has_launcher_ = true;
  std::optional<std::chrono::steady_clock::time_point> given_up_;
  std::chrono::steady_clock::time_point alone_since_;  ///< when the launcher had a process the last time
  std::chrono::steady_clock::time_point looked_at_;    ///< whether it has
  std::optional<std::filesystem::file_time_type> log_before_;
  int asked_ = 0;  ///< the signal that asked the run to end; 0: none
};

}  // namespace

int supervise(const SupervisedRun& run) { return Supervisor(run).run(); }

}  // namespace weft
