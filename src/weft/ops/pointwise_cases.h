#pragma once
#include "weft/graph/op_registry.h"

namespace weft {

/// Half the time a random expression with reductions; else one without, over operands that are repeated and
/// permuted at random, or a formula that models use, on operands of one shape.
OpCase random_pointwise_case(CaseRandom& random);

}  // namespace weft
