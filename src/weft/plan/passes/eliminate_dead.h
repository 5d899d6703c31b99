#pragma once
#include "weft/plan/pass.h"

namespace weft {

/// Removes nodes whose results nothing reads. Stands first: differentiation builds gradients of everything it
/// passes, and every later pass would pay for the unused ones.
Graph eliminate_dead(const Graph& graph, const PlanContext& context);

}  // namespace weft
