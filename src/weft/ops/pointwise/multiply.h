#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// a * b, elementwise, of one type.
ValueId multiply(GraphBuilder& build, ValueId a, ValueId b);

}  // namespace weft
