#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over the last dimension of x [..., C]; gamma and beta
/// [C] are of the statistics dtype beside x's, and so are their gradients. Ba, Kiros and Hinton (2016).
ValueId layer_norm(GraphBuilder& build, ValueId x, ValueId gamma, ValueId beta, double epsilon = 1e-5);

}  // namespace weft
