#pragma once
#include "weft/plan/passes/pass.h"

namespace weft {

/// A sum with a term whose op can add to what is there becomes that op.
Pass fold_sums();

}  // namespace weft
