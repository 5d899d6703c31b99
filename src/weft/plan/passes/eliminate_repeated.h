#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Nodes of one segment with equal ops on the same operands become one. Linear in the number of nodes.
Pass eliminate_repeated();

}  // namespace weft
