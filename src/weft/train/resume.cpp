#include "weft/train/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/datasets/training_data.h"
#include "weft/optimizers/schedule.h"
#include "weft/report/progress.h"
#include "weft/train/session/run_identity.h"

namespace weft {

namespace {

class Resume {
 public:
  Resume(Session& session, const CheckpointReader& checkpoint)
      : session_(session),
        checkpoint_(checkpoint),
        identity_(RunIdentity::from_json(checkpoint.extra_json(), checkpoint.folder().string())) {}

  /// What has changed since the checkpoint was written.
  std::vector<std::string> run() {
    const bool allows = session_.recipe().checkpoint.changes == ResumeChanges::allow;
    std::vector<std::string> changes;
    if (identity_) {
      changes = compare(allows);
    } else {
      say(fmt::format("{} does not say which run wrote it; nothing is compared",
                      checkpoint_.folder().string()));
    }
    const LoadGaps gaps = session_.load(checkpoint_, allows);
    if (!gaps.not_filled.empty())
      say(fmt::format("{} states of the optimizer are at their start: {}, …", gaps.not_filled.size(),
                      *gaps.not_filled.begin()));
    if (!gaps.not_read.empty())
      say(fmt::format("{} states of another optimizer are left out: {}, …", gaps.not_read.size(),
                      gaps.not_read.front()));
    return changes;
  }

 private:
  std::vector<std::string> compare(bool allows) const {
    RunDifferences found = differences(*identity_, session_);
    if (!allows && !found.learning.empty()) {
      expect_fitting(found.learning);
      user_error(
          "checkpoint.resume: something else would be learnt than by {}: {}; "
          "go on with what wrote it, or allow this with --set checkpoint.changes=allow",
          checkpoint_.folder().string(), fmt::join(found.learning, ", "));
    }
    found.free.insert(found.free.end(), found.learning.begin(), found.learning.end());
    if (!found.free.empty()) say(fmt::format("resuming with changes: {}", fmt::join(found.free, ", ")));
    say_jump_of_rate(found.then);
    return std::move(found.free);
  }

  /// What no permission can help is said before one is offered.
  void expect_fitting(const std::vector<std::string>& changes) const {
    try {
      session_.match(checkpoint_);
    } catch (const UserError& misfit) {
      user_error("checkpoint.resume: {}; what changed since: {}", misfit.what(), fmt::join(changes, ", "));
    }
  }

  /// A schedule spans the run: where that gets longer, rates that were low rise again.
  void say_jump_of_rate(const Recipe& then) const {
    const int64_t step = checkpoint_.step();
    const Recipe& now = session_.recipe();
    // How many steps the epochs had is no longer known where other data or batches make them.
    const bool is_known = then.run.epochs == 0 || (then.data.batch == now.data.batch && same_data());
    if (!is_known) return;
    const int64_t total_then = total_steps(then, session_.data());
    const int64_t total_now = total_steps(now, session_.data());
    if (step < 1 || step > total_then || step >= total_now) return;
    const double last = learning_rate_at(then.optimizer, step - 1, total_then);
    if (last == learning_rate_at(now.optimizer, step - 1, total_now)) return;
    const double next = learning_rate_at(now.optimizer, step, total_now);
    constexpr double kNoticed = 0.05;
    if (std::abs(next - last) < kNoticed * std::max(next, last)) return;
    say(fmt::format(
        "the learning rate is {:.3g} at step {}, after {:.3g} at step {}: the schedule is \"{}\" over {} "
        "steps, and was \"{}\" over {}",
        next, step + 1, last, step, now.optimizer.schedule->name(), total_now,
        then.optimizer.schedule->name(), total_then));
  }

  bool same_data() const { return identity_->data == session_.data().fingerprint; }

  void say(const std::string& text) const {
    if (session_.world().rank() == 0) Progress::say(text);
  }

  Session& session_;
  const CheckpointReader& checkpoint_;
  std::optional<RunIdentity> identity_;
};

/// Checkpoints that cannot be used must not count among those that are kept.
void set_aside_newer(const std::filesystem::path& folder, int64_t step) {
  for (const CheckpointName& checkpoint : list_checkpoints(folder)) {
    if (checkpoint.step <= step) continue;
    std::filesystem::path aside = checkpoint.path;
    aside += ".damaged";
    std::error_code error;
    std::filesystem::remove_all(aside, error);
    std::filesystem::rename(checkpoint.path, aside, error);
    if (!error)
      Progress::say(fmt::format("{} is called {} now", checkpoint.path.string(), aside.filename().string()));
  }
}

}  // namespace

std::optional<Resumed> resume(Session& session, const std::filesystem::path& folder) {
  const auto newest = open_newest_good(folder, [&](const std::string& warning) {
    if (session.world().rank() == 0) Progress::say("warning: " + warning);
  });
  if (!newest) return std::nullopt;
  Resumed resumed{newest->step(), Resume(session, *newest).run()};
  if (session.world().rank() == 0) set_aside_newer(folder, newest->step());
  session.world().barrier();
  return resumed;
}

}  // namespace weft
