#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Products read operands that stay the same through a step in the layout that the device's kernel wants.
Pass pack_weights();

}  // namespace weft
