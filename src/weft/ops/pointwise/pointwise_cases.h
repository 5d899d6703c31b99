#pragma once
#include "weft/graph/op_registry.h"

namespace weft {

/// Cases of the op by itself: formulas that kernels have bodies for, random expressions over operands that
/// are repeated and permuted at random, and random reductions. Files of formulas add their own
/// (OpRegistry::add_cases).
void add_pointwise_cases(OpRegistry& registry);

}  // namespace weft
