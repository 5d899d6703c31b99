#include "weft/train/resume.h"

#include <fmt/format.h>

#include "weft/base/check.h"
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

  void run() {
    const bool allows = session_.recipe().checkpoint.changes == ResumeChanges::allow;
    if (identity_) {
      compare(allows);
    } else {
      say(fmt::format("{} does not say which run wrote it; nothing is compared",
                      checkpoint_.folder().string()));
    }
    const LoadGaps gaps = session_.load(checkpoint_, allows);
    if (!gaps.not_filled.empty())
      say(fmt::format("{} states of the optimizer are at their start: {}, …", gaps.not_filled.size(),
                      gaps.not_filled.front()));
    if (!gaps.not_read.empty())
      say(fmt::format("{} states of another optimizer are left out: {}, …", gaps.not_read.size(),
                      gaps.not_read.front()));
  }

 private:
  void compare(bool allows) const {
    RunDifferences found = differences(*identity_, session_);
    if (!allows && !found.learning.empty()) {
      user_error(
          "checkpoint.resume: something else would be learnt than by {}: {}; go on with what wrote it, or "
          "allow this "
          "with --set checkpoint.changes=allow",
          checkpoint_.folder().string(), fmt::join(found.learning, ", "));
    }
    found.free.insert(found.free.end(), found.learning.begin(), found.learning.end());
    if (!found.free.empty()) say(fmt::format("resuming with changes: {}", fmt::join(found.free, ", ")));
  }

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

std::optional<int64_t> resume(Session& session, const std::filesystem::path& folder) {
  const auto newest = open_newest_good(folder, [&](const std::string& warning) {
    if (session.world().rank() == 0) Progress::say("warning: " + warning);
  });
  if (!newest) return std::nullopt;
  Resume(session, *newest).run();
  if (session.world().rank() == 0) set_aside_newer(folder, newest->step());
  session.world().barrier();
  return newest->step();
}

}  // namespace weft
