#pragma once
// Nothing ends a job by itself when a rank stands still or a link is cut: collectives then wait for ever.
#include <atomic>
#include <chrono>
#include <optional>

#include "weft/comm/communicator.h"
#include "weft/run/executor.h"
#include "weft/run/watchdog.h"

namespace weft {

/// How long a rank may stand still: WEFT_HANG_SECONDS (a number above 0, or 0 for no limit), else five
/// minutes. UserError where it is neither.
std::chrono::milliseconds hang_limit();

/// While it lives, ends the job when this rank starts no instruction for hang_limit(), or twelve times as
/// long where it has patience (base/patience.h), with a sentence that names the rank and what it is in.
/// Watches nothing where there is one rank. `executor` must outlive it.
class HangWatch {
 public:
  HangWatch(const Executor& executor, const Communicator& world);
  /// What this rank does from now on outside of instructions. `what` is kept, not copied: a literal.
  void doing(const char* what) { doing_ = what; }

 private:
  using Clock = std::chrono::steady_clock;
  int64_t pulse();
  void end_job() const;

  const Executor& executor_;
  int rank_;
  std::chrono::milliseconds limit_;
  std::atomic<const char*> doing_{"the start of the run"};
  Clock::time_point patient_since_{};  ///< of the watching thread, as the next one
  bool is_patient_ = false;
  std::optional<Watchdog> watchdog_;  ///< last: its thread uses the others
};

}  // namespace weft
