#pragma once
#include <chrono>
#include <optional>

#include "weft/comm/communicator.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// What all ranks do after a step.
struct Orders {
  bool end = false;         ///< the run ends, though its recipe has not
  int signal = 0;           ///< that asked for it; 0: a rank failed, or time is over
  bool is_late = false;     ///< the deadline is near
  bool requeue = false;     ///< the job is to be started again
  bool checkpoint = false;  ///< one is kept, and the run goes on
};

/// Whether a run goes on: signals, its deadline, and what other ranks say of these.
class RunControl {
 public:
  /// Watches signals from here on.
  RunControl(const RunSection& run, const Communicator& world);

  /// Collective, after each step. `failed`: this rank cannot go on. `to_end_ms`: what a step and a checkpoint
  /// at the end may take.
  Orders agree(bool failed, double to_end_ms);
  /// Collective, within a step and an evaluation: whether no rank has been asked to end, and
  /// the time is not over.
  bool goes_on() const;
  /// Collective: whether the run must have ended already.
  bool is_over() const;
  /// When the run must have ended.
  const std::optional<std::chrono::system_clock::time_point>& end_time() const { return end_time_; }

 private:
  /// Whether the run must have ended that long from now.
  bool ends_within(std::chrono::milliseconds time) const;

  const RunSection& run_;
  Communicator world_;
  std::optional<std::chrono::system_clock::time_point> end_time_;
};

/// Asks Slurm to start this job again; false where it is no job of Slurm's, or that fails.
bool requeue_job();

}  // namespace weft
