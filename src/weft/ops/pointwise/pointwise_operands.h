#pragma once
#include <vector>

#include "weft/ops/pointwise/pointwise.h"

namespace weft {

/// Takes away the operands that the expression does not read, those apart that alone say how far an axis
/// goes. Returns which are left, in the order in which they are read, and calls them by it.
std::vector<size_t> drop_unread_operands(Pointwise& op);

}  // namespace weft
