#pragma once
#include <span>

#include "weft/graph/graph.h"

namespace weft {

/// The sum of one or more values of one type.
ValueId add_n(GraphBuilder& build, std::span<const ValueId> terms);

}  // namespace weft
