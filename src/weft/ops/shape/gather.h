#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// x without its dimension `axis`: its elements at one index along it, which is known when the graph is built
/// or is an i64 scalar. ONNX's Gather of a scalar. UserError for an index that x does not have, where it is
/// known; else zeros. It is a sum along the axis, so that the axis may be divided, and reads all of x.
///
///   gather(build, qkv, 2, 1)           the keys [B, T, H, D] of qkv [B, T, 3, H, D]
///   gather(build, x, 1, position)      the row [B, W] of x [B, T, W] at an input
ValueId gather(GraphBuilder& build, ValueId x, int axis, int64_t index);
ValueId gather(GraphBuilder& build, ValueId x, int axis, ValueId index);

}  // namespace weft
