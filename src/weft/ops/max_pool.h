#pragma once
#include "weft/graph/graph.h"
#include "weft/ops/window.h"

namespace weft {

/// The largest element of each window of x [N, spatial..., C]: [N, windows..., C]. Padding never wins. The
/// gradient goes to the first of the largest. `kernel` has one size a spatial dimension; dilation must be
/// absent.
ValueId max_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options);

}  // namespace weft
