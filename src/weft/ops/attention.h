#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Softmax attention of qkv [B, T, 3, H, D] (q, k and v at 0, 1, 2 of the third dimension): the softmax over
/// s of scale * q·k, with s <= t when `causal`, times v: [B, T, H, D].
ValueId attention(GraphBuilder& build, ValueId qkv, bool causal, double scale);

}  // namespace weft
