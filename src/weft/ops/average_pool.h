#pragma once
#include "weft/graph/graph.h"
#include "weft/ops/window.h"

namespace weft {

/// The mean of each window of x [N, spatial..., C]: [N, windows..., C]. Padding counts as zeros, so that
/// every window divides by the same number. `kernel` has one size a spatial dimension; dilation must be
/// absent.
ValueId average_pool(GraphBuilder& build, ValueId x, const Dims& kernel, const WindowOptions& options);

}  // namespace weft
