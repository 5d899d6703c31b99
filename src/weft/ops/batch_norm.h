#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// What a batch norm over x [..., C] learns and remembers: [C] each, of the statistics dtype beside x's.
struct BatchNormStates {
  ValueId gamma, beta;
  ValueId running_mean, running_variance;
};

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel (the last dimension) with the
/// statistics of the whole global batch, whatever is split. Updates the running statistics in the segment
/// of the builder: running += momentum * (batch - running), with the unbiased variance, as PyTorch does.
ValueId batch_norm(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon = 1e-5,
                   double momentum = 0.1);

/// The same with the running statistics in the place of the batch's. Has no gradient.
ValueId batch_norm_inference(GraphBuilder& build, ValueId x, const BatchNormStates& states,
                             double epsilon = 1e-5);

}  // namespace weft
