#pragma once
#include "weft/graph/op_registry.h"

namespace weft {

/// A random expression over operands that are repeated and permuted at random; one time in three a formula
/// that models use, on operands of one shape.
OpCase random_pointwise_case(CaseRandom& random);

}  // namespace weft
