#pragma once
#include "weft/graph/graph.h"
#include "weft/ops/window.h"

namespace weft {

/// Convolution in one to three spatial dimensions: x [N, spatial..., C] channels last, weight [F, C,
/// kernel...] of the statistics dtype beside x's; [N, windows..., F]. Windows are as WindowOptions say;
/// padding counts as zeros.
ValueId convolution(GraphBuilder& build, ValueId x, ValueId weight, const WindowOptions& options);

}  // namespace weft
