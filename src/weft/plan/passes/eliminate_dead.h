#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Nodes whose results nothing reads go. Linear in the number of nodes.
Pass eliminate_dead();

}  // namespace weft
