#pragma once
// The optimizer as nodes of the graph: its state, the norm of the gradient and the update are planned with
// the rest.
#include <optional>
#include <span>
#include <vector>

#include "weft/params/parameters.h"

namespace weft {

/// States with the sum of the microbatches' gradients: zero between steps, and so in no checkpoint.
inline const StateKind kGradientSum{"gradient"};

struct OptimizerConfig {
  enum class Kind : uint8_t { sgd, adamw } kind = Kind::adamw;
  double weight_decay = 0;
  double momentum = 0;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double clip = 0;         ///< largest norm of the gradient; 0: not clipped
  int64_t accumulate = 1;  ///< microbatches a step
};

/// Appends what turns gradients into new parameters. With accumulate > 1 the gradients of the microbatches
/// are added into states in the builder's segment, and a segment `update`, once a step, uses and clears them;
/// else everything is in the builder's segment. Inputs made: "learning_rate" (scalar), "update_step" (i64,
/// from 1). Output made: "gradient_norm_squared".
void optimize(GraphBuilder& build, const OptimizerConfig& config, DType dtype,
              const std::vector<Parameter>& parameters, std::span<const std::optional<ValueId>> gradients);

}  // namespace weft
