#pragma once
#include <functional>
#include <optional>

#include "weft/run/step_order.h"
#include "weft/train/session/session.h"

namespace weft {

/// Runs the segments of a step, each as its cadence says. Belongs to the program that the session has when it
/// is made: after Session::replan() another is needed.
class TrainingStep {
 public:
  /// `feed` puts a microbatch, by number, where the program reads it; empty: Session::feed of the training
  /// data.
  explicit TrainingStep(Session& session, std::function<void(int64_t)> feed = {});

  /// Step `step`, counted from 0, with this learning rate; its loss. Ends at the first microbatch whose loss
  /// is not finite, and returns that. Collective.
  double run(int64_t step, double learning_rate);

  /// The first op whose result is not finite, where one is found when the microbatch that stands in the
  /// inputs runs once more. Collective.
  std::optional<NonFinite> find_non_finite();

 private:
  void set_microbatch(int64_t number);

  Session& session_;
  std::function<void(int64_t)> feed_;
  StepOrder order_;
  SegmentId loss_in_;  ///< the segment whose output is the loss
};

}  // namespace weft
