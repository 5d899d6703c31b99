#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over x [..., C]; the others [C]. Has no gradient.
ValueId bn_infer(GraphBuilder& build, ValueId x, ValueId mean, ValueId variance, ValueId gamma, ValueId beta,
                 double epsilon);

}  // namespace weft
