#pragma once
#include <cmath>
#include <functional>
#include <optional>

#include "weft/run/step_order.h"
#include "weft/train/session/session.h"

namespace weft {

/// What a step came to.
struct StepOutcome {
  double loss = 0;           ///< mean over the targets that counted; 0 where none did
  double gradient_norm = 0;  ///< before it was clipped; not finite: nothing was changed by the update
  bool has_targets = true;   ///< whether any target counted; else nothing was changed either
  bool is_whole = true;      ///< else it was ended between microbatches, and states are as before it
  bool updated() const { return has_targets && std::isfinite(gradient_norm); }
};

/// Runs the segments of a step, each as its cadence says. Belongs to the program that the session has when it
/// is made: after Session::replan() another is needed.
class TrainingStep {
 public:
  /// `feed` puts a microbatch, by number, where the program reads it; empty: Session::feed of the training
  /// data.
  explicit TrainingStep(Session& session, std::function<void(int64_t)> feed = {});

  /// Asked between the microbatches of a step, on all ranks alike: whether it goes on. Empty: it does.
  void ask_between(std::function<bool()> goes_on) { goes_on_ = std::move(goes_on); }

  /// Step `step`, counted from 0, with this learning rate. Ends at the first microbatch whose loss is not
  /// finite, and returns that. Collective.
  StepOutcome run(int64_t step, double learning_rate);

  /// The first op whose result is not finite, where one is found when the microbatch that stands in the
  /// inputs runs once more. Collective.
  std::optional<NonFinite> find_non_finite();

 private:
  void set_microbatch(int64_t number);
  /// Running statistics: the states of a checkpoint that change from microbatch to microbatch.
  void remember();
  void put_back();
  /// Of all microbatches, divided by what a step has if nothing is missing.
  StepOutcome outcome(double loss) const;

  Session& session_;
  std::function<void(int64_t)> feed_;
  std::function<bool()> goes_on_;
  std::vector<std::byte> before_;  ///< what each microbatch changes, as it was before the step
  StepOrder order_;
  SegmentId loss_in_;    ///< the segment whose output is the loss
  SegmentId update_in_;  ///< and that of the update
};

}  // namespace weft
