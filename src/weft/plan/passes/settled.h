#pragma once
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// For each value, whether it stays the same through a step and may be made by the phase `refresh`: a state
/// that nothing changes before the step ends, or the result of hoistable nodes that read only such. What
/// packing and hoisting look for. Linear in the number of nodes.
std::vector<bool> settled_values(const Graph& graph);

}  // namespace weft
