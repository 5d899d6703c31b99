#pragma once
// Who reads what.
#include <vector>

#include "weft/graph/graph.h"

namespace weft {

/// By value: the nodes that read it, ascending, each once.
std::vector<std::vector<size_t>> readers_of(const Graph& graph);

/// How often each value is read: by nodes (each operand counts), as an output, as what a state becomes.
std::vector<int> count_uses(const Graph& graph);

}  // namespace weft
