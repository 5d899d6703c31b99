#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// Chosen results are made again where they are used late, so that they need not live until then.
Pass rematerialize();

}  // namespace weft
