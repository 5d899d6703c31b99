#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Mean over the spatial dimensions of x [N, spatial..., C]: [N, C].
ValueId mean_spatial(GraphBuilder& build, ValueId x);

}  // namespace weft
