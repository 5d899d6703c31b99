#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// x in another floating dtype, rounded to nearest even; x itself where it has that dtype.
ValueId cast(GraphBuilder& build, ValueId x, DType dtype);

}  // namespace weft
