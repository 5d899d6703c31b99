#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// A reduction and what reads its results become one node over rows (ops/staged/staged.h). At worst quadratic
/// in the length of a stage, which ends at the first reader that cannot join.
Pass stage();

}  // namespace weft
