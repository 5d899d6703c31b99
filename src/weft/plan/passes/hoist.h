#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// What depends on states alone, and is worth it, runs once a step.
Pass hoist();

}  // namespace weft
