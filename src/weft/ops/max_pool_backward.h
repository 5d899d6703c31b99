#pragma once
#include "weft/graph/graph.h"
#include "weft/ops/window.h"

namespace weft {

/// dx from dy and x: each window gives its gradient to the first of its largest elements. Elements of x in no
/// window get zero.
ValueId max_pool_backward(GraphBuilder& build, ValueId dy, ValueId x, const WindowGeometry& geometry);

}  // namespace weft
