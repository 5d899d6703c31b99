#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// x with the dimensions `shape`, of as many elements: no work, the same bytes. Adjacent dimensions are split
/// or merged only: both shapes must be products of neighbouring factors ([4, 6] to [8, 3] is; [4, 6] to [6,
/// 4] is not).
ValueId reshape(GraphBuilder& build, ValueId x, const Dims& shape);

}  // namespace weft
