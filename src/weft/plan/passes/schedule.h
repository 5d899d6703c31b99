#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// The order in which the nodes of each segment run.
Pass schedule();

}  // namespace weft
