#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// a [..., B...] + b [B...], of a's type: b is repeated over a's leading dimensions. b is of a's dtype or, as
/// a bias kept in f32, of the statistics dtype beside it.
ValueId add(GraphBuilder& build, ValueId a, ValueId b);

}  // namespace weft
