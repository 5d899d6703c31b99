#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// A transpose of a transpose becomes one, or none where both undo each other. Linear in the number of nodes.
Pass merge_transposes();

}  // namespace weft
