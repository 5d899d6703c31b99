#pragma once
#include "weft/plan/pass.h"

namespace weft {

/// Lets products read their weights in the layout that suits them: where an op offers a packed form of an
/// operand that is a state, the packing becomes a node of the segment `refresh` (once a step, not once a use)
/// and its result a derived state. Uses of one weight whose layouts agree share one packed copy. Stands after
/// partition, because layouts depend on local shapes.
Graph pack_weights(const Graph& graph, const PlanContext& context);

}  // namespace weft
