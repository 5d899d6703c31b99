#include "weft/train/guard/run_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "weft/base/deadline.h"
#include "weft/base/environment.h"
#include "weft/report/progress.h"
#include "weft/train/guard/signals.h"

namespace weft {

namespace {

using Clock = std::chrono::system_clock;

/// The end of the job, where Slurm tells it. What it tells in another form is said: a run that counts on it
/// would be killed without a checkpoint.
std::optional<Clock::time_point> end_of_slurm_job(const Communicator& world) {
  constexpr const char* kVariable = "SLURM_JOB_END_TIME";
  const char* text = std::getenv(kVariable);
  if (text == nullptr) return std::nullopt;
  const std::optional<int64_t> seconds = number_in_environment(kVariable);
  const std::optional<Clock::time_point> end = seconds ? time_since_1970(*seconds) : std::nullopt;
  if (!end && world.rank() == 0) {
    Progress::say(
        fmt::format("warning: {} is \"{}\", expected seconds since 1970; the run does not know when its job "
                    "ends (run.deadline can say it)",
                    kVariable, text));
  }
  return end;
}

/// The recipe's deadline, or the end of Slurm's time, whichever comes first.
std::optional<Clock::time_point> end_time_of(const RunSection& run, const Communicator& world) {
  std::optional<Clock::time_point> end = run.deadline.at(Clock::now());
  if (const auto of_job = end_of_slurm_job(world)) end = end ? std::min(*end, *of_job) : of_job;
  return end;
}

}  // namespace

RunControl::RunControl(const RunSection& run, const Communicator& world)
    : run_(run), world_(world), end_time_(end_time_of(run, world)) {
  watch_signals();
}

bool RunControl::ends_within(std::chrono::milliseconds time) const {
  return end_time_ && Clock::now() + time >= *end_time_;
}

Orders RunControl::agree(bool failed, double to_end_ms) {
  constexpr auto kSpare = std::chrono::seconds(2);
  const auto to_end = std::chrono::milliseconds(static_cast<int64_t>(to_end_ms)) + kSpare;
  std::array<int32_t, 4> votes{ending_signal(), failed ? 1 : 0, ends_within(to_end) ? 1 : 0,
                               take_checkpoint_signal() ? 1 : 0};
  world_.all_reduce(votes.data(), std::ssize(votes), Element::i32, Reduce::max).wait();
  Orders orders;
  orders.signal = votes[0];
  orders.is_late = votes[2] != 0;
  orders.requeue = votes[3] != 0 && run_.usr1 == OnUsr1::requeue;
  orders.checkpoint = votes[3] != 0 && !orders.requeue;
  orders.end = orders.signal != 0 || votes[1] != 0 || orders.is_late || orders.requeue;
  return orders;
}

bool RunControl::goes_on() const {
  int32_t seen = ending_signal() != 0 || ends_within({}) ? 1 : 0;
  world_.all_reduce(&seen, 1, Element::i32, Reduce::max).wait();
  return seen == 0;
}

bool RunControl::is_over() const {
  int32_t seen = ends_within({}) ? 1 : 0;
  world_.all_reduce(&seen, 1, Element::i32, Reduce::max).wait();
  return seen != 0;
}

bool requeue_job() {
  const std::optional<int64_t> job = number_in_environment("SLURM_JOB_ID");
  if (!job) return false;
  return std::system(("scontrol requeue " + std::to_string(*job)).c_str()) ==
         0;  // NOLINT(cert-env33-c): a number
}

}  // namespace weft
