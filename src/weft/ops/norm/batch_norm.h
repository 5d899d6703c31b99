#pragma once
#include <optional>

#include "weft/graph/graph.h"

namespace weft {

/// What a batch norm over x [..., C] learns and remembers: [C] each, of the statistics dtype beside x's.
struct BatchNormStates {
  ValueId gamma, beta;
  ValueId running_mean, running_variance;
};

struct BatchNormalized {
  ValueId y;
  ValueId mean, variance;  ///< [C], of the batch; the variance biased
};
/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel (the last dimension) with the
/// statistics of the whole global batch, whatever is split. Ioffe and Szegedy (2015). Where `rows` [N], of
/// the statistics dtype, is given, rows of x at which it is 0 are no part of the statistics.
BatchNormalized batch_normalize(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta,
                                double epsilon = 1e-5, std::optional<ValueId> rows = {});

/// The same, and moves the running statistics in the segment of the builder: running += momentum * (batch -
/// running), with the unbiased variance, as PyTorch does. They stay as they are where the batch's are not
/// finite, or of no row. Nothing is learnt through them.
ValueId batch_norm(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon = 1e-5,
                   double momentum = 0.1, std::optional<ValueId> rows = {});

/// y with the running statistics in the place of the batch's.
ValueId batch_norm_inference(GraphBuilder& build, ValueId x, const BatchNormStates& states,
                             double epsilon = 1e-5);

}  // namespace weft
