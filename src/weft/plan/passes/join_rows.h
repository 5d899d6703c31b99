#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// A reduction and what reads its results become one node over rows (ops/staged/staged.h). At worst quadratic
/// in the nodes of a sequence, which ends at the first reader that cannot join.
Pass join_rows();

}  // namespace weft
