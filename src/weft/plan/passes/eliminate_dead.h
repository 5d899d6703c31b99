#pragma once
#include "weft/graph/graph.h"

namespace weft {

/// Removes nodes whose results nothing reads. Stands first: differentiation builds gradients of everything it
/// passes, and every later pass would pay for the unused ones.
Graph eliminate_dead(const Graph& graph);

}  // namespace weft
