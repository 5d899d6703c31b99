#pragma once
#include <string_view>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// How many points there are at which a condition on the operands holds: i64, a scalar. Operands are aligned
/// by their last dimensions. What metrics are made of.
///
///   count(build, {labels}, "n0 >= 0")
ValueId count(GraphBuilder& build, const std::vector<ValueId>& operands, std::string_view condition);

}  // namespace weft
