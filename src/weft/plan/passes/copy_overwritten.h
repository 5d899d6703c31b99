#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Copies of states that a segment hands over and updates. Linear in the number of nodes, updates and
/// outputs.
Pass copy_overwritten();

}  // namespace weft
