#pragma once
// The update as nodes of the graph: the optimizer's state, the norm of the gradient and the rule are planned
// with the rest.
#include <optional>
#include <span>
#include <vector>

#include "weft/optimizers/optimizer.h"

namespace weft {

/// Gradients are those of a loss that was divided by the targets that a whole step has; the update takes them
/// for one that was divided by those that counted.
struct CountedTargets {
  ValueId counted;    ///< of the microbatch: an integer scalar
  int64_t whole = 0;  ///< that a step has
};

/// What is done with gradients whatever the rule.
struct UpdateOptions {
  double weight_decay = 0;                     ///< of the parameters that it applies to
  double clip = 0;                             ///< largest norm of the gradient; 0: not clipped
  int64_t accumulate = 1;                      ///< microbatches a step
  std::optional<CountedTargets> targets = {};  ///< nothing: all count
};

/// Appends what turns gradients into new parameters. With accumulate > 1 the gradients of the microbatches
/// are added into states in the builder's segment, and a segment `update`, once a step, uses and clears them;
/// else everything is in the builder's segment. Inputs made: "learning_rate" (scalar), "update_step" (i64,
/// from 1). Outputs made: "gradient_norm_squared", and "targets" (f64), how many counted in the step, where
/// they are counted. Where the norm is not finite, or no target counted, nothing changes.
void append_update(GraphBuilder& build, const Optimizer& rule, const UpdateOptions& options,
                   const ParameterSet& parameters, std::span<const std::optional<ValueId>> gradients);

}  // namespace weft
