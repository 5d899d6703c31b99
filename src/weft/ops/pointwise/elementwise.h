#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// Several results of one walk over the operands, each of the shape and dtype of operand 0; scalars are
/// repeated. `text` is in the grammar of expression/text.h: "x0 + x1, x0 * x2".
std::vector<ValueId> elementwise(GraphBuilder& build, const std::vector<ValueId>& operands,
                                 std::string_view text);

/// A real constant in that grammar, with all its digits.
std::string real(double value);

}  // namespace weft
